"""The slip: what it says, that it fits every paper, and that it looks as it was designed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from appliance import paper
from appliance.display.slip import Directions, TicketSlip, set_directions, set_slip
from appliance.display.slip_sheet import Compositor
from appliance.strings import languages, texts
from tests.paper.slips import (
    ADVISER,
    APPOINTMENT,
    AT,
    CASES,
    DRAW,
    EARLY,
    GOLDEN,
    LATE,
    REDIRECT,
    WALK_IN,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DIFFERENT_DOTS = 0.005
"""Share of dots that another version of the drawing library may set differently."""


def has_everything(text: str) -> bool:
    return bool(text)


def on(columns: int, sets: Callable[[str], bool] = has_everything) -> Compositor:
    """Give who sets slips for a printer that has every character, or those that it `sets`."""
    return Compositor(paper.Press(columns, 12 * columns, sets), DRAW)


def lines(slip: paper.Slip) -> list[str]:
    return [element.text.strip() for element in slip if isinstance(element, paper.Text)]


def said(slip: TicketSlip, language: str = "de", *, large: bool = False) -> str:
    """What it says as running text."""
    return running(set_slip(slip, texts(language), on(48), large=large))


def running(slip: paper.Slip) -> str:
    return " ".join(" ".join(lines(slip)).split())


@pytest.mark.parametrize("name", CASES)
def test_a_slip_reads_as_it_was_written(name: str) -> None:
    assert CASES[name].printed().text == (GOLDEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_a_slip_looks_as_it_was_designed(name: str) -> None:
    slip = CASES[name].printed()
    with Image.open(GOLDEN / f"{name}.png") as golden:
        golden.load()
    assert slip.image.size == golden.size
    if golden.info["font"] != slip.font:
        pytest.skip("the golden pictures were drawn with another version of the font")
    different = ImageChops.difference(slip.image, golden.convert("L"))
    share = different.histogram()[255] / (golden.width * golden.height)
    assert share <= DIFFERENT_DOTS


@pytest.mark.parametrize("name", CASES)
def test_the_code_on_a_slip_can_be_scanned_from_its_picture(name: str) -> None:
    says = CASES[name].says
    code = says.follow if isinstance(says, TicketSlip) else says.page
    found = [each.text for each in zxingcpp.read_barcodes(CASES[name].printed().image)]
    assert found == ([code] if code else [])


def test_every_golden_slip_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == CASES.keys()


@given(
    office=st.text(max_size=60),
    service=st.text(max_size=80),
    where=st.text(max_size=80),
    columns=st.sampled_from((32, 42, 48)),
    number=st.sampled_from(("A017", "A1000", "K001")),
    language=st.sampled_from(languages()),
    large=st.booleans(),
)
def test_no_text_is_too_long_for_the_paper(
    *,
    office: str,
    service: str,
    where: str,
    columns: int,
    number: str,
    language: str,
    large: bool,
) -> None:
    for ticket in (WALK_IN, APPOINTMENT, EARLY, LATE):
        slip = replace(
            ticket, office=office, service=service, where=where, number=number, copy=True
        )
        for element in set_slip(slip, texts(language), on(columns), large=large):
            if isinstance(element, paper.Text):
                assert len(element.text) * element.size <= columns


@pytest.mark.parametrize(
    ("number", "columns", "size"), [("A017", 48, 8), ("A017", 32, 8), ("A1000", 32, 6)]
)
def test_the_number_is_as_large_as_fits(number: str, columns: int, size: int) -> None:
    slip = set_slip(replace(WALK_IN, number=number), texts("de"), on(columns))
    assert paper.Text(number, size=size, align=paper.Align.CENTER) in slip


def test_nothing_on_a_slip_is_larger_than_its_number() -> None:
    slip = set_slip(replace(APPOINTMENT, copy=True), texts("de"), on(48))
    sizes = sorted(element.size for element in slip if isinstance(element, paper.Text))
    assert sizes[-2:] == [2, 8]


def test_a_walk_in_is_told_when_the_number_was_taken_and_promised_no_right_of_way() -> None:
    text = said(WALK_IN)
    assert "Nummer von 10:21 Uhr." in text
    assert "Vorrang" not in text


def test_an_appointment_is_told_its_time_and_its_right_of_way() -> None:
    assert "Termin 10:30 Uhr Mit Ihrem Termin haben Sie Vorrang." in said(APPOINTMENT)


def test_whoever_is_early_is_told_from_when_it_counts() -> None:
    assert "Termin 11:30 Uhr Ihr Vorrang gilt ab 11:20 Uhr." in said(EARLY)


def test_whoever_is_late_is_promised_no_right_of_way() -> None:
    text = said(LATE)
    assert "Ihr Termin war um 10:00 Uhr." in text
    assert "Vorrang" not in text


def test_times_from_another_zone_are_told_in_that_of_the_site() -> None:
    slot = (AT + timedelta(minutes=9)).astimezone(UTC)
    assert "Termin 10:30 Uhr" in said(replace(APPOINTMENT, slot=slot))


def test_only_a_copy_says_that_it_is_one() -> None:
    assert "Kopie" in said(replace(WALK_IN, copy=True))
    assert "Kopie" not in said(WALK_IN)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(None, "siehe Anzeige"), (0, "niemand"), (1, "1 Person"), (2, "2 Personen")],
)
def test_people_ahead_are_told_in_words(ahead: int | None, words: str) -> None:
    assert f"Vor Ihnen {words} Wartezeit" in said(replace(WALK_IN, ahead=ahead))


@pytest.mark.parametrize(
    ("wait_min", "words"),
    [
        (None, "zurzeit keine Angabe"),
        ((0, 5), "höchstens 5 Minuten"),
        ((10, 25), "10 bis 25 Minuten"),
        ((15, 15), "höchstens 15 Minuten"),
    ],
)
def test_the_wait_is_a_range_and_never_a_point(
    wait_min: tuple[int, int] | None, words: str
) -> None:
    assert f"Wartezeit {words}" in said(replace(WALK_IN, wait_min=wait_min))


def test_appointment_waits_for_its_time_and_is_told_no_other_wait() -> None:
    assert "Wartezeit" not in said(replace(APPOINTMENT, wait_min=None))


def test_staff_can_tell_where_and_when_it_was_given_out() -> None:
    text = said(WALK_IN)
    assert "17.03.2026, 10:21 Uhr" in text
    assert "Gerät sued.eingang-1 · Prüfcode 7F3K-9A" in text


def test_without_a_page_to_follow_there_is_no_code() -> None:
    slip = set_slip(replace(WALK_IN, follow=None), texts("de"), on(48))
    assert not any(isinstance(element, paper.Qr) for element in slip)


def test_every_slip_ends_with_a_cut_and_a_little_paper() -> None:
    for slip in (
        set_slip(WALK_IN, texts("de"), on(48)),
        set_directions(ADVISER, texts("de"), on(48)),
        set_directions(REDIRECT, texts("en"), on(32)),
    ):
        assert slip[-2:] == (paper.Feed(), paper.Cut())


def test_directions_show_the_room_as_large_as_a_number() -> None:
    slip = set_directions(ADVISER, texts("de"), on(48))
    assert paper.Text("2.14", size=8, align=paper.Align.CENTER) in slip


def test_directions_say_which_room_at_what_time() -> None:
    assert running(set_directions(ADVISER, texts("de"), on(48))) == (
        "Jobcenter Musterstadt Süd Ihr Termin um 10:30 Uhr Raum 2.14 Bitte gehen Sie direkt"
        " dorthin. Sie brauchen keine Nummer. 17.03.2026, 10:21 Uhr · Gerät sued.eingang-1"
    )


def test_a_redirect_names_phone_and_page_and_has_the_page_as_a_code() -> None:
    slip = set_directions(REDIRECT, texts("de"), on(48))
    assert "Telefon 0211 555 01-234 Mehr dazu" in running(slip)
    assert "www.jobcenter-digital.example.org" in lines(slip)
    assert paper.Qr("https://www.jobcenter-digital.example.org") in slip


def test_a_redirect_without_phone_and_page_leaves_no_gap_for_them() -> None:
    bare: Directions = replace(REDIRECT, phone=None, page=None)
    slip = set_directions(bare, texts("de"), on(48))
    assert not any(isinstance(element, paper.Qr) for element in slip)
    assert "Telefon" not in running(slip)


@pytest.mark.parametrize("address", ["a.example.org/" + "x" * 80, "y" * 90, "example.org/a?b=c&d"])
def test_an_address_is_broken_without_hyphens_and_loses_nothing(address: str) -> None:
    slip = set_directions(replace(REDIRECT, page=f"https://{address}"), texts("de"), on(32))
    said_lines = lines(slip)
    assert address in "".join(said_lines)
    assert max(map(len, said_lines)) <= 32


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("ticket", [WALK_IN, APPOINTMENT, EARLY, LATE])
def test_in_large_print_all_that_a_person_needs_is_twice_as_large(
    ticket: TicketSlip, columns: int
) -> None:
    slip = set_slip(ticket, texts("de"), on(columns), large=True)
    large = running(tuple(e for e in slip if isinstance(e, paper.Text) and e.size >= 2))
    for words in ("Ihre Nummer", ticket.number, "Vor Ihnen", "Bitte in der Eingangszone warten."):
        assert words in large
    assert ("Termin" if ticket.slot else "Nummer von 10:21 Uhr.") in large


def test_large_print_still_tells_staff_where_it_came_from() -> None:
    assert "Gerät sued.eingang-1 · Prüfcode 7F3K-9A" in said(WALK_IN, large=True)


def test_a_word_is_set_smaller_rather_than_broken() -> None:
    where = "Bitte beim Informationsschalter warten."
    slip = set_slip(replace(WALK_IN, where=where), texts("de"), on(32), large=True)
    assert "Informationsschalter" in running(slip)
    (line,) = [e for e in slip if isinstance(e, paper.Text) and "Informationsschalter" in e.text]
    assert line.size == 1


def test_no_last_word_stands_alone_where_it_can_be_helped() -> None:
    assert "aufgerufen." not in lines(set_slip(LATE, texts("de"), on(32)))
