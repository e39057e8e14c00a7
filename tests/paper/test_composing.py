"""From a line, a booking or a service to what is on paper, as the desk asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance import config, paper
from appliance.line import commands
from appliance.line.model import Booking
from appliance.strings import languages
from appliance.wiring import lobby
from tests.paper.slips import BERLIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appliance.line.line import Line

NOW = datetime(2026, 3, 17, 10, 21, tzinfo=BERLIN)
PREFIX = "https://warten.example.org/n/"
CONFIG = """\
[site]
id = "SUED"
name = "Jobcenter Musterstadt Süd"
[lobby]
id = "EINGANG"
name = "Eingangszone"
where = "Bitte in der Eingangszone warten."
[device]
name = "eingang-1"
roles = ["desk"]
state_dir = "STATE"
[[service]]
code = "A10"
letter = "A"
minutes = 6
text = { de = "Unterlagen abgeben", en = "Hand in documents" }
[[service]]
code = "C30"
letter = "C"
minutes = 5
walk_in = "redirect"
text = { de = "Neue Anschrift" }
redirect = { de = "Bitte zu den Bildschirmen rechts." }
redirect_phone = "0211 555 01-234"
redirect_page = "https://jobcenter-digital.example.org"
[[counter]]
id = "1"
services = ["A10"]
[codes]
slip_prefix = "PREFIX"
[printer]
kind = "network"
host = "192.0.2.17"
[buttons]
kind = "none"
"""


def settings(tmp_path: Path, *edits: tuple[str, str]) -> config.Settings:
    text = CONFIG
    for old, new in (*edits, ("STATE", str(tmp_path)), ("PREFIX", PREFIX)):
        text = text.replace(old, new)
    file = tmp_path / "lobby.toml"
    file.write_text(text, "utf-8")
    return config.load(file, languages=languages())


def with_a_ticket(
    chosen: config.Settings, follow: str, language: str = "", *, large_print: bool = False
) -> tuple[Line, str]:
    line = lobby.line(chosen)
    command = commands.Issue("A10", follow=follow, language=language, large_print=large_print)
    for event in line.decide(command, NOW).events:
        line = line.apply(event)
    (number,) = line.tickets
    return line, number


def first(setter: Callable[[bool], paper.Slip]) -> paper.Slip:
    """Have it set as it is the first time, not as a copy."""
    copy = False
    return setter(copy)


def codes(slip: paper.Slip) -> list[str]:
    return [element.data for element in slip if isinstance(element, paper.Qr)]


def said(slip: paper.Slip) -> str:
    return " ".join(e.text.strip() for e in slip if isinstance(e, paper.Text))


def test_the_code_on_a_slip_is_the_address_of_its_own_page(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    line, number = with_a_ticket(chosen, "7Hk29sQe3LmTzR4w")
    slip = first(lobby.slips(chosen).setter(line, number, NOW, None))
    assert codes(slip) == [f"{PREFIX}7Hk29sQe3LmTzR4w"]


def test_without_a_secret_or_without_an_address_there_is_no_code(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert codes(first(lobby.slips(chosen).setter(*with_a_ticket(chosen, ""), NOW, None))) == []
    bare = settings(tmp_path, ('slip_prefix = "PREFIX"', ""))
    assert codes(first(lobby.slips(bare).setter(*with_a_ticket(bare, "7Hk2"), NOW, None))) == []


def test_large_print_is_usual_where_it_is_configured_and_elsewhere_for_who_reads_it(
    tmp_path: Path,
) -> None:
    chosen = settings(tmp_path)
    usual = first(lobby.slips(chosen).setter(*with_a_ticket(chosen, ""), NOW, None))
    theirs = with_a_ticket(chosen, "", large_print=True)
    once = first(lobby.slips(chosen).setter(*theirs, NOW, None))
    always = settings(tmp_path, ('kind = "network"', 'kind = "network"\nlarge_print = true'))
    slips = lobby.slips(always)
    assert first(slips.setter(*with_a_ticket(always, ""), NOW, None)) == once != usual


def test_copy_for_who_reads_large_type_is_in_large_print_too(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    copy = True
    small = lobby.slips(chosen).setter(*with_a_ticket(chosen, ""), NOW, None)(copy)
    large = lobby.slips(chosen).setter(*with_a_ticket(chosen, "", large_print=True), NOW, None)
    assert large(copy) not in (small, first(large))


def test_a_service_that_is_done_elsewhere_says_where(tmp_path: Path) -> None:
    setter = lobby.slips(settings(tmp_path)).redirect("C30", NOW)
    assert setter is not None
    text = said(first(setter))
    for words in ("Neue Anschrift", "Bitte zu den Bildschirmen", "0211 555 01-234", "17.03.2026"):
        assert words in text
    assert codes(first(setter)) == ["https://jobcenter-digital.example.org"]


def test_who_chose_a_language_of_the_site_gets_the_slip_in_it(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    slips = lobby.slips(chosen)

    def text(language: str) -> str:
        line, number = with_a_ticket(chosen, "", language)
        return said(first(slips.setter(line, number, NOW, None)))

    assert "Hand in documents" in text("en")
    assert "Unterlagen abgeben" in text("xx") == text("")
    booking = Booking("00", NOW.astimezone(), 30, "A10", place="2.14")
    assert "Ihr Termin" in said(first(slips.directions(booking, NOW)))
    assert "Ihr Termin" not in said(first(slips.directions(booking, NOW, "en")))


def test_a_service_that_is_done_here_or_that_nobody_knows_has_no_such_slip(tmp_path: Path) -> None:
    slips = lobby.slips(settings(tmp_path))
    assert slips.redirect("A10", NOW) is None
    assert slips.redirect("X99", NOW) is None


def test_an_appointment_with_an_adviser_gets_time_and_room(tmp_path: Path) -> None:
    slot = (NOW + timedelta(minutes=9)).astimezone()
    booking = Booking("00", slot, 30, "A10", place="2.14")
    slips = lobby.slips(settings(tmp_path))
    slip = first(slips.directions(booking, NOW))
    assert "Ihr Termin um 10:30 Uhr" in said(slip)
    assert any(isinstance(e, paper.Text) and e.text == "2.14" and e.size == 8 for e in slip)
    other = replace(booking, place="B-2.OG-214")
    assert "B-2.OG-214" in said(first(slips.directions(other, NOW, large=True)))


def test_a_lobby_without_a_printer_composes_slips_all_the_same(tmp_path: Path) -> None:
    none = settings(tmp_path, ('kind = "network"\nhost = "192.0.2.17"', 'kind = "none"'))
    line, number = with_a_ticket(none, "")
    assert number in said(first(lobby.slips(none).setter(line, number, NOW, None)))
