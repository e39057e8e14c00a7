"""`lobby agenda`: from the lists on the disk, for people and for machines."""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance import wiring
from appliance.bus.messages import issued
from appliance.bus.messages.payload import encode
from appliance.cli import main
from appliance.config import load
from appliance.strings import languages
from tests.agenda.sheets import TUESDAY
from tests.support.device import Device, device
from tests.support.lobby import BERLIN, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOBODY = 65534
IDS = [f"{number:024x}" for number in range(3)]


@pytest.fixture
def pi() -> Iterator[Device]:
    """A device whose desk has taken in a list: two at the counters, one of them cancelled."""
    bookings = [
        issued.Booked(
            id=IDS[0], slot=at("08:20", TUESDAY), minutes=5, service="A1", short="7F3K9ABC"
        ),
        issued.Booked(id=IDS[1], slot=at("08:40", TUESDAY), minutes=5, service="A1"),
        issued.Booked(id=IDS[2], slot=at("09:00", TUESDAY), minutes=45, service="X9", place="2.14"),
    ]
    as_of = at("18:02", TUESDAY - timedelta(days=1))
    with device() as made:
        books = wiring.lobby.books(load(made.config, languages=languages()))
        told = issued.Bookings(as_of=as_of, day=TUESDAY, revision=12, bookings=bookings)
        books.take_bookings(TUESDAY, encode(told))
        gone = issued.Cancelled(as_of=as_of, day=TUESDAY, revision=3, bookings=[IDS[1]])
        books.take_cancelled(TUESDAY, encode(gone))
        yield made


def lobby(pi: Device, *arguments: str) -> int:
    return main(["agenda", "--config", str(pi.config), *arguments])


def test_the_day_is_told_without_names(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert lobby(pi, "--day", "2026-03-17") == 0
    assert (
        capsys.readouterr().out
        == """\
Jobcenter, Eingang
Dienstag, 17.03.2026
Stand 16.03., 18:02 Uhr · Fassung 12.3

2 Termine
    1 Unterlagen abgeben
    1 Direkt ins Zimmer

Uhr   Min  Anliegen

8 Uhr                                                         1 Termin
08:20   5  Unterlagen abgeben

Direkt ins Zimmer                                             1 Termin
09:00  45  2.14 · X9
"""
    )


def test_short_numbers_are_told_to_whoever_asks(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lobby(pi, "--day", "17.03.2026", "--short", "--language", "en") == 0
    out = capsys.readouterr().out
    assert "08:20   5  7F3K9ABC  Unterlagen abgeben\n" in out
    assert "Tuesday, 17.03.2026\n" in out


@pytest.mark.parametrize("short", [False, True])
def test_machines_get_codes_and_times_with_offset(
    pi: Device, capsys: pytest.CaptureFixture[str], *, short: bool
) -> None:
    assert lobby(pi, "--day", "2026-03-17", "--json", *(["--short"] if short else [])) == 0
    out = capsys.readouterr().out
    told = json.loads(out)
    first, second = told.pop("appointments")
    assert told == {
        "day": "2026-03-17",
        "as_of": "2026-03-16T18:02:00+01:00",
        "revision": 12,
        "cancelled_revision": 3,
    }
    assert first == {
        "slot": "2026-03-17T08:20:00+01:00",
        "minutes": 5,
        "service": "A1",
        "text": "Unterlagen abgeben",
        "place": None,
        **({"short": "7F3K9ABC"} if short else {}),
    }
    assert (second["service"], second["text"], second["place"]) == ("X9", None, "2.14")
    assert not any(each in out for each in IDS)


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_day_without_a_list_is_not_told_as_one_without_appointments(
    pi: Device, capsys: pytest.CaptureFixture[str], json: tuple[str, ...]
) -> None:
    assert lobby(pi, "--day", "2026-03-18", *json) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "lobby: no list of appointments for 2026-03-18 has come; that does not mean that there"
        " are none.\n"
    )


def test_a_device_that_never_had_a_list(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    pi.edit("/state", "/elsewhere")
    assert lobby(pi, "--day", "2026-03-17") == 1
    assert "no list of appointments for 2026-03-17" in capsys.readouterr().err


def test_without_a_day_it_is_that_of_the_clock(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    origin_s = datetime.now(BERLIN).timestamp()
    with pi.config.open("a", encoding="utf-8") as file:
        file.write(
            f'[clock]\nkind = "simulated"\nstart = 2026-03-16T23:30:00Z\norigin = {origin_s}\n'
        )
    assert lobby(pi) == 0
    assert "Dienstag, 17.03.2026" in capsys.readouterr().out


@contextmanager
def somebody(folder: Path) -> Iterator[None]:
    """Be a user who may not look into a folder."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.geteuid() == 0:
        folder.chmod(0o700)
        os.seteuid(NOBODY)
    else:
        folder.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(mode)


@pytest.mark.parametrize("shut", ["state", "state/{lists}"])
def test_whoever_may_not_see_the_list_is_not_told_that_there_is_none(
    pi: Device, capsys: pytest.CaptureFixture[str], shut: str
) -> None:
    # Nobody may not read the configuration's folder, or what python still has to import.
    assert lobby(pi, "--day", "2026-03-17") == 0
    capsys.readouterr()
    pi.folder.chmod(0o755)
    (lists,) = (each.parent for each in pi.folder.glob("state/*/bookings-*.json"))
    folder = pi.folder / shut.format(lists=lists.name)
    with somebody(folder):
        assert lobby(pi, "--day", "2026-03-17") == 1
    assert capsys.readouterr().err == (
        f"lobby: {folder} cannot be read; ask as root or as the user of lobby.\n"
    )


def test_language_that_nobody_speaks(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert lobby(pi, "--language", "tlh") == 2
    assert "de, de-simple, en" in capsys.readouterr().err


def test_day_that_is_none(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        lobby(pi, "--day", "tomorrow")
    assert "'tomorrow' is no day, such as 2026-03-02" in capsys.readouterr().err
