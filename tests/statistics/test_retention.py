"""What is kept of a visit, for how long, and what is left of whom."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.line import events
from appliance.line.model import Booking, Candidate, Mode, Rank, RankClass, Urgency, Wish
from bench.made_day import ZONE
from central.statistics.pseudonyms import PseudonymError, Pseudonyms
from central.statistics.spans import month

if TYPE_CHECKING:
    from pathlib import Path

    from tests.statistics.conftest import Centre

MONDAY = date(2026, 3, 2)
MARCH = month(2026, 3)
ID = "0123456789abcdef01234567"
EIGHT = datetime(2026, 3, 2, 8, tzinfo=ZONE)


def morning() -> list[events.Event]:
    """Give events with everything in them that could be about somebody."""
    booking = Booking(ID, EIGHT, 15, "A1", "B2.14")
    wishes = frozenset({Wish.INTERPRETER})
    candidate = Candidate("A001", Rank(RankClass.RIGHT_OF_WAY, EIGHT, 1))
    return [
        events.TicketIssued(EIGHT, "A001", 1, "A1", booking, wishes, True, "secret", "uk"),  # noqa: FBT003
        events.TicketCalled(EIGHT, "A001", "counter-7", 1, (candidate,)),
        events.TicketMadeUrgent(EIGHT, "A001", Urgency.HEALTH),
        events.NoticeSet(EIGHT, "Frau Beispiel bitte in Zimmer 3"),
        events.ModeSet(EIGHT, Mode.OPEN),
        events.Attended(EIGHT, Booking("f" * 24, EIGHT, 30, "A1", "B2.15")),
    ]


def data_of(centre: Centre) -> list[str]:
    with closing(sqlite3.connect(centre.path)) as db:
        return [data for (data,) in db.execute("SELECT data FROM event ORDER BY seq")]


class TestAfterTheDay:
    def test_booking_is_there_until_midnight_and_not_after(self, centre: Centre) -> None:
        centre.take(centre.device.say(*morning()))
        assert ID in "".join(data_of(centre))
        centre.wait(hours=6)
        assert ID not in "".join(data_of(centre))

    def test_nothing_of_a_person_counter_or_notice_is_left(self, centre: Centre) -> None:
        centre.take(centre.device.say(*morning()))
        centre.wait(hours=6)
        kept = [json.loads(data) for data in data_of(centre)]
        assert kept[2:5] == [{}, {}, {}]
        assert set(kept[0]) == {"at", "ticket", "service", "booking"}
        assert set(kept[0]["booking"]) == {"id", "slot"}
        assert set(kept[1]) == {"at", "ticket"}
        assert set(kept[5]) == {"at", "booking"}
        said = "".join(data_of(centre))
        for word in ("interpreter", "counter-7", "health", "Beispiel", "B2.1", "uk", "secret"):
            assert f'"{word}' not in said

    def test_figures_stay_as_they_were(self, centre: Centre) -> None:
        centre.take(centre.device.say(*morning()))
        before = centre.read(MARCH)
        centre.wait(hours=6)
        late = events.TicketFinished(EIGHT + timedelta(minutes=9), "A001")
        centre.take(centre.device.say(late))
        after = centre.read(MARCH)
        assert (before.total.unserved, after.total.unserved) == (1, 0)
        assert after.total.in_time == before.total.in_time == 1
        assert after.total.attended == 1

    def test_what_comes_late_is_sealed_too_and_nothing_is_hashed_twice(
        self, centre: Centre
    ) -> None:
        centre.take(centre.device.say(*morning()))
        centre.wait(hours=6)
        sealed = data_of(centre)
        other = Booking("9" * 24, EIGHT, 15, "A1")
        centre.take(centre.device.say(events.TicketIssued(EIGHT, "A002", 2, "A1", other)))
        assert data_of(centre)[: len(sealed)] == sealed
        assert "9" * 24 not in data_of(centre)[-1]

    def test_same_booking_has_one_pseudonym_at_a_site_and_another_at_the_next(
        self, tmp_path: Path
    ) -> None:
        keys = Pseudonyms(tmp_path)
        first = keys.of("SUED", ID)
        assert re.fullmatch(r"[0-9a-f]{4}~[0-9a-f]{24}", first)
        assert Pseudonyms(tmp_path).of("SUED", ID) == first
        assert keys.of("NORD", ID) != first
        assert keys.of("SUED", first) == first


class TestKeys:
    def test_key_is_made_once_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        Pseudonyms(tmp_path / "keys").of("SUED", ID)
        path = tmp_path / "keys" / "SUED.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        key = path.read_bytes()
        Pseudonyms(tmp_path / "keys").of("SUED", "00")
        assert path.read_bytes() == key

    def test_removed_key_is_replaced_and_its_pseudonyms_stay(self, tmp_path: Path) -> None:
        keys = Pseudonyms(tmp_path)
        before = keys.of("SUED", ID)
        (tmp_path / "SUED.key").unlink()
        keys.forget()
        after = keys.of("SUED", ID)
        assert before.partition("~")[0] != after.partition("~")[0]
        assert keys.of("SUED", before) == before

    @pytest.mark.parametrize(("content", "mode"), [(b"x" * 32, 0o640), (b"short", 0o600)])
    def test_key_that_cannot_be_trusted_is_refused(
        self, tmp_path: Path, content: bytes, mode: int
    ) -> None:
        path = tmp_path / "SUED.key"
        path.write_bytes(content)
        path.chmod(mode)
        with pytest.raises(PseudonymError, match=r"SUED\.key"):
            Pseudonyms(tmp_path).of("SUED", ID)

    def test_refused_key_is_told_and_keeps_nobody_from_collecting(
        self, centre: Centre, caplog: pytest.LogCaptureFixture
    ) -> None:
        centre.take(centre.device.say(*morning()))
        centre.keys.mkdir()
        (centre.keys / "SUED.key").write_bytes(b"")
        centre.wait(hours=6)
        assert "booking ids stay in the events of SUED" in caplog.text
        assert ID in "".join(data_of(centre))
        (centre.keys / "SUED.key").unlink()
        centre.take()
        assert ID not in "".join(data_of(centre))


class TestAfterThirtyDays:
    def test_events_are_gone_and_figures_stay(self, centre: Centre) -> None:
        centre.take(centre.device.say(*morning()), centre.device.midnight(date(2026, 3, 3)))
        centre.wait(days=1)
        before = centre.read(MARCH)
        centre.wait(days=29)
        assert data_of(centre)
        centre.wait(days=1)
        assert centre.read(MARCH).days == before.days
        centre.wait(days=1)
        assert data_of(centre) == []
        assert centre.read(MARCH).days == before.days

    def test_what_comes_after_that_is_acknowledged_and_changes_nothing(
        self, centre: Centre
    ) -> None:
        said = centre.device.say(*morning())
        centre.take(said[:4])
        centre.wait(days=40)
        before = centre.read(MARCH)
        centre.take(said)
        with centre.open() as (store, _keeper):
            assert store.ack(centre.device.id).seq == len(said)
        assert data_of(centre) == []
        assert centre.read(MARCH).days == before.days

    def test_day_that_was_never_seen_before_is_counted_first(self, centre: Centre) -> None:
        centre.now += timedelta(days=45)
        centre.take(centre.device.say(*morning()))
        assert centre.read(MARCH).total.visitors == 1
        assert data_of(centre) == []

    def test_clock_that_was_wrong_keeps_nothing_for_longer(self, centre: Centre) -> None:
        far = EIGHT.replace(year=2031)
        centre.take(centre.device.say(events.TicketIssued(far, "A001", 1, "A1")))
        with sqlite3.connect(centre.path) as db:
            # What it arrives by is the machine's own clock, not the test's.
            db.execute("UPDATE device_day SET arrived = ?", (int(EIGHT.timestamp()),))
        db.close()
        centre.wait(days=31)
        assert data_of(centre) == []

    def test_deleted_text_is_not_in_the_file(self, centre: Centre) -> None:
        centre.take(centre.device.say(*morning()))
        centre.wait(days=40)
        with closing(sqlite3.connect(centre.path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert ID.encode() not in centre.path.read_bytes()
        assert b"Beispiel" not in centre.path.read_bytes()
