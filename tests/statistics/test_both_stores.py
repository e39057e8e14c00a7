"""Counting, sealing and deleting, the same in SQLite and in a real PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from appliance.line import events
from appliance.line.model import Booking
from bench.made_day import ZONE
from central.collector.database import Database
from central.collector.store import Store
from central.statistics.keeping import Keeper
from central.statistics.pseudonyms import Pseudonyms
from central.statistics.reading import Reader
from central.statistics.spans import month
from central.statistics.tally import Tally
from tests.support.played_days import Device
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central.statistics.reading import Period

EIGHT = datetime(2026, 3, 2, 8, tzinfo=ZONE)
ID = "0123456789abcdef01234567"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_day_is_counted_corrected_sealed_and_deleted(
    kind: str, tmp_path: Path, postgres: Postgres
) -> None:
    where = str(tmp_path / "store") if kind == "sqlite" else postgres.make()
    device, now = Device(), EIGHT + timedelta(hours=4)
    first = device.say(
        events.TicketIssued(EIGHT, "A001", 1, "A1", Booking(ID, EIGHT, 15, "A1")),
        events.TicketCalled(EIGHT + timedelta(minutes=3), "A001", "1", 1),
    )
    late = device.say(events.TicketFinished(EIGHT + timedelta(minutes=9), "A001"))
    turned = device.midnight(date(2026, 3, 3))

    def read() -> Period:
        with Reader(where, lambda _zone: now) as reader:
            assert reader.sites() == ("SUED",)
            return reader.read("SUED", month(2026, 3))

    def stored() -> str:
        with closing(Database(where).to_read()) as db:
            return "".join(db.execute(text("SELECT data FROM event")).scalars())

    with Store(where) as store:
        keeper = Keeper(store, Pseudonyms(tmp_path / "keys"), lambda: now)
        store.put(first)
        keeper.finish()
        assert read().total.unserved == 1
        assert ID in stored()
        now += timedelta(days=1)
        store.put([*first, *late, *turned])
        keeper.finish()
        counted = Tally(1, 1, in_time=1, called_in_time=1, waits={3: 1})
        assert read().services == {"A1": counted}
        assert read().incomplete == {date(2026, 3, 3)}
        assert ID not in stored()
        now += timedelta(days=40)
        keeper.finish()
        assert stored() == ""
        assert read().services == {"A1": counted}
