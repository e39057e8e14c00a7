"""What the desk looks after beside the line: the trust list, the bookings; alarms come and go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages import staff
from appliance.checkin.keys import TrustError
from appliance.checkin.store import TrustStore
from appliance.desk.parts import Wrong
from appliance.desk.reception import Reception, Trust
from appliance.desk.surroundings import Nudge
from tests.checkin.forge import ROOT, STRANGER
from tests.support.lobby import at, empty_line
from tests.support.office import SITE, Office, signed_list
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from appliance.line.line import Line


class Strange:
    """A part with which something may be wrong."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []
        self.looked = 0

    def look(self, _line: Line, _now: datetime) -> Sequence[Wrong]:
        self.looked += 1
        return self.wrong


class Lobby:
    """A table whose keys are looked after."""

    def __init__(self, folder: Path, trust: Trust | None = None) -> None:
        line = empty_line()
        self.office = Office(folder, line)
        self.trust = trust or self.office.trust
        office = self.office
        judge = Reception(self.trust, SITE, office.lobby, office.books)
        self.strange = Strange()
        self.table = Table(
            folder, line, judge=judge, parts=(self.trust, office.books, self.strange)
        )
        self.table.settle()

    def sentences(self) -> list[str]:
        told = self.table.told(TOPICS.alarms, staff.Alarms)
        return [alarm.sentence for alarm in told.alarms]

    def scan(self) -> str:
        """Give the outcome of a right code of tomorrow's key holder."""
        made = self.office.book("08:05")
        return self.table.hold_up(self.office.code(made)).outcome


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    made = Lobby(tmp_path)
    yield made
    made.table.close()


def test_all_is_well(lobby: Lobby) -> None:
    assert lobby.sentences() == []
    assert lobby.scan() == "in_time"


def test_stale_list_is_told_from_its_date_on_and_keeps_working(lobby: Lobby) -> None:
    issued = at("06:00")
    lobby.table.clock.goes_to(issued + timedelta(days=45))
    lobby.table.settle()
    assert lobby.sentences() == []
    lobby.table.clock.goes_to(issued + timedelta(days=45, seconds=1))
    lobby.table.settle()
    assert lobby.sentences() == [
        (
            "The list of keys for appointment codes is 45 days old. Codes still work."
            " Please call IT: no new list comes."
        )
    ]
    assert lobby.office.trust.keys.keys
    lobby.trust.take(signed_list(2, lobby.table.clock.now()))
    lobby.table.settle()
    assert lobby.sentences() == []


def test_without_a_list_staff_are_told_until_one_comes_while_it_runs(tmp_path: Path) -> None:
    store = TrustStore(tmp_path / "other.cose", tmp_path / "other.sequence", ROOT.public_key())
    lobby = Lobby(tmp_path, Trust(store))
    assert lobby.sentences() == [
        "Appointment codes cannot be checked: the list of keys is missing. Please call IT."
    ]
    assert lobby.scan() == "refused"
    assert lobby.trust.take(signed_list(1, at("07:00")))
    assert lobby.scan() == "in_time"
    assert lobby.sentences() == []
    lobby.table.close()


def test_why_there_is_no_list_is_told(tmp_path: Path) -> None:
    lobby = Lobby(tmp_path, Trust(None, "the root key is not base64 text"))
    assert lobby.sentences() == [
        "Appointment codes cannot be checked: the root key is not base64 text"
    ]
    assert not lobby.trust.take(signed_list(1, at("07:00")))
    assert lobby.scan() == "refused"
    lobby.table.close()


def test_list_of_a_stranger_or_an_older_one_changes_nothing(lobby: Lobby) -> None:
    lobby.trust.take(signed_list(5, at("07:00")))
    assert not lobby.trust.take(signed_list(5, at("07:00")))
    for payload in (signed_list(6, at("07:00"), root=STRANGER), signed_list(4, at("07:00")), b""):
        with pytest.raises(TrustError):
            lobby.trust.take(payload)
    assert lobby.trust.keys.sequence == 5
    assert lobby.scan() == "in_time"


def test_what_is_wrong_with_a_part_is_told_as_long_as_it_is(lobby: Lobby) -> None:
    lobby.strange.wrong = [Wrong("strange", "lamps", {"error": "dark"}), Wrong("codes_no_list")]
    lobby.table.put(Nudge())
    assert lobby.table.alarms() == ["strange", "codes_no_list"]
    del lobby.strange.wrong[0]
    lobby.table.put(Nudge())
    assert lobby.table.alarms() == ["codes_no_list"]
    lobby.strange.wrong = []
    lobby.table.put(Nudge())
    assert lobby.table.alarms() == []


def test_nudge_has_the_parts_looked_at_once(lobby: Lobby) -> None:
    looked = lobby.strange.looked
    lobby.table.put(Nudge())
    assert lobby.strange.looked > looked


def test_old_bookings_are_deleted_when_the_day_turns(lobby: Lobby) -> None:
    lobby.office.tell()
    for days, kept in ((1, 1), (2, 0)):
        lobby.table.clock.goes_to(at("08:00") + timedelta(days=days))
        lobby.table.settle()
        assert len(lobby.office.books.days()) == kept
