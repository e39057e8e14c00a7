"""What any store of the collector does: one suite, over SQLite and over a real PostgreSQL."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from appliance.bus.messages.payload import decode
from appliance.bus.messages.uploaded import Ack, Uploaded
from central.collector.database import Database
from central.collector.store import CollectError, Store
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEVICE = "sued.eingang-1"
TOPIC = f"lobby/v1/SUED/EINGANG/dev/{DEVICE}/ack"
EPOCH = "00000000000000aa"
NEXT = "00000000000000bb"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> str:
    """Where a store may be; nothing is there yet."""
    return str(tmp_path / "store") if request.param == "sqlite" else postgres.make()


def event(seq: int, epoch: str = EPOCH, **other: object) -> tuple[str, Uploaded]:
    first: dict[str, object] = {"after": None} if (epoch, seq) == (EPOCH, 1) else {}
    members = {
        "device": DEVICE,
        "epoch": epoch,
        "seq": seq,
        "type": "TicketIssued",
        "time": "2026-03-02T08:00:00+01:00",
        "data": {"ticket": "A001"},
        **first,
        **other,
    }
    return TOPIC, decode(json.dumps(members).encode(), Uploaded)


def put(store: Store, *events: tuple[str, Uploaded]) -> Ack:
    return store.put(events).acks[TOPIC]


def delete_and_fail(store: Store) -> None:
    with store.writing() as db:
        db.execute(text("DELETE FROM event"))
        db.execute(text("SELECT nothing"))


def test_only_what_hangs_together_is_acknowledged(where: str) -> None:
    with Store(where) as store:
        assert put(store, event(2), event(3)).epoch is None
        assert put(store, event(1)).seq == 3
        assert put(store, event(5)).seq == 3
        assert put(store, event(4)).seq == 5


def test_epoch_is_entered_only_when_the_one_before_is_complete(where: str) -> None:
    begin = event(1, NEXT, after={"epoch": EPOCH, "seq": 3})
    with Store(where) as store:
        assert put(store, event(1), event(2), begin).epoch == EPOCH
        assert put(store, event(3)).epoch == NEXT


def test_gap_is_passed_and_counted(where: str) -> None:
    with Store(where) as store:
        put(store, event(1))
        stored = store.put([event(9, after={"epoch": EPOCH, "seq": 1})])
        assert (stored.new, stored.gaps, stored.acks[TOPIC].seq) == (1, 1, 9)


def test_events_of_a_batch_that_are_there_are_not_counted_again(where: str) -> None:
    with Store(where) as store:
        assert store.put([event(1), event(2)]).new == 2
        assert store.put([event(2), event(3), event(3)]).new == 1
        assert store.put([event(1), event(3)]).new == 0


def test_event_that_is_there_stays_as_it_is(where: str) -> None:
    with Store(where) as store:
        put(store, event(1))
        assert put(store, event(1, data={"ticket": "forged"})).seq == 1
    with closing(Database(where).to_read()) as db:
        assert db.execute(text("SELECT data FROM event")).scalars().all() == ['{"ticket": "A001"}']


def test_it_knows_itself_after_a_start(where: str) -> None:
    with Store(where) as store:
        assert store.renewed
        first = put(store, event(1))
    with Store(where) as again:
        assert not again.renewed
        assert again.ack(DEVICE) == first
        assert again.acks() == {TOPIC: first}


def test_acknowledgement_of_more_than_is_here_contradicts(where: str) -> None:
    with Store(where) as store:
        told = put(store, event(1))
        assert not store.contradicts(DEVICE, told)
        assert store.contradicts(DEVICE, Ack(store=store.id, epoch=EPOCH, seq=2))
        assert store.contradicts("sued.eingang-2", told)
        assert not store.contradicts(DEVICE, Ack(store="0" * 16, epoch=EPOCH, seq=2))


def test_what_fails_half_way_has_not_happened(where: str) -> None:
    with Store(where) as store:
        put(store, event(1))
        with pytest.raises(CollectError, match="cannot be written"):
            delete_and_fail(store)
        assert put(store, event(2)).seq == 2
        assert store.put([event(1)]).new == 0


def test_who_reads_cannot_write_and_sees_what_is_committed(where: str) -> None:
    with Store(where) as store, closing(Database(where).to_read()) as reader:
        put(store, event(1))
        assert reader.execute(text("SELECT count(*) FROM event")).scalar() == 1
        reader.rollback()
        with pytest.raises(Exception, match=r"read-?only"):
            reader.execute(text("DELETE FROM event"))


def test_days_are_counted_in_one_zone_for_good(where: str) -> None:
    with Store(where):
        pass
    with pytest.raises(CollectError, match=r"counts its days in Europe/Berlin, not in UTC"):
        Store(where, ZoneInfo("UTC"))


class TestPostgres:
    def test_loaded_backup_takes_another_id(self, postgres: Postgres) -> None:
        where = postgres.make()
        name = where.split("/")[3].partition("?")[0]
        with Store(where) as store:
            first = put(store, event(1))
        backup = postgres.dump(name)
        with Store(where) as store:
            put(store, event(2))
        postgres.load(name, backup)
        with Store(where) as store:
            assert store.renewed
            assert store.id != first.store
            assert store.ack(DEVICE).seq == 1

    def test_second_collector_is_refused_in_one_sentence(self, postgres: Postgres) -> None:
        where = postgres.make()
        with Store(where), pytest.raises(CollectError, match="used by another collector"):
            Store(where)
        with Store(where) as again:
            assert not again.renewed

    def test_password_stands_in_no_sentence(self) -> None:
        with pytest.raises(CollectError, match="cannot be used") as refused:
            Store("postgresql+psycopg://collector:secret@127.0.0.1:1/lobby")
        assert "secret" not in str(refused.value)

    def test_server_that_goes_away_is_one_sentence_and_loses_nothing(self) -> None:
        with Postgres() as server:
            where = server.make()
            with Store(where) as store:
                put(store, event(1))
                server.stop()
                with pytest.raises(CollectError, match="cannot be written"):
                    put(store, event(2))
            server.start()
            with Store(where) as store:
                assert not store.renewed
                assert put(store, event(2)).seq == 2


@pytest.mark.parametrize("where", ["mysql://x/y", "nonsense://x", "postgresql+psycopg2://x/y"])
def test_database_that_is_not_supported_is_one_sentence(where: str) -> None:
    with pytest.raises(CollectError):
        Store(where)


def test_file_of_before_there_were_days_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store(path) as store:
        first = put(store, event(1), event(2))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as db:
        for table in ("span", "device_day", "tally"):
            db.execute(text(f"DROP TABLE {table}"))
    engine.dispose()
    with Store(path) as store:
        assert store.ack(DEVICE) == first
    with closing(Database(path).to_read()) as db:
        row = db.execute(text("SELECT day, first_seq, last_seq FROM span")).one()
        assert tuple(row) == ("2026-03-02", 1, 2)
