"""The events of all devices, each once, and how far each device's hang together.

What is acknowledged is computed in the transaction that stored it, and said only when that is on
the disk. A device stands behind its acknowledgement and sends again whatever is in front of it, so
nothing here has to be right the first time.

A restored database is noticed from inside (`collect_mark`), and from outside: `Store.contradicts`
says of an acknowledgement that a broker kept whether this database can have given it.

With each batch it notes to which days of which devices the events belong, for who counts these
days, and deletes them when their time is over: `central.statistics`.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from appliance.bus.messages.uploaded import Ack
from central.collector.database import CollectError, Database, told
from central.collector.mark import STORE_DIGITS, FileMark, Mark, ServerMark
from central.collector.tables import METADATA
from central.collector.walk import Place, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Connection

    from appliance.bus.messages.uploaded import Uploaded

__all__ = ["BERLIN", "CollectError", "Store", "Stored"]

BERLIN = ZoneInfo("Europe/Berlin")
_EVENT = text(
    "INSERT INTO event (device, epoch, seq, type, time, data)"
    " VALUES (:device, :epoch, :seq, :type, :time, :data) ON CONFLICT DO NOTHING"
)
# It may be said of an event that was there before: what it follows is gone since.
_STEP = text(
    "INSERT INTO step (device, epoch, seq, after_epoch, after_seq)"
    " VALUES (:device, :epoch, :seq, :after_epoch, :after_seq) ON CONFLICT (device, epoch, seq)"
    " DO UPDATE SET after_epoch = excluded.after_epoch, after_seq = excluded.after_seq"
)
_DEVICE = text(
    "INSERT INTO device (device, ack_topic) VALUES (:device, :topic) ON CONFLICT (device)"
    " DO UPDATE SET ack_topic = excluded.ack_topic WHERE device.ack_topic <> excluded.ack_topic"
)
_SPAN = text(
    "INSERT INTO span (device, day, epoch, first_seq, last_seq, begins)"
    " VALUES (:device, :day, :epoch, :first, :last, :begins) ON CONFLICT (device, day, epoch)"
    " DO UPDATE SET"
    " first_seq = CASE WHEN excluded.first_seq < span.first_seq"
    " THEN excluded.first_seq ELSE span.first_seq END,"
    " last_seq = CASE WHEN excluded.last_seq > span.last_seq"
    " THEN excluded.last_seq ELSE span.last_seq END,"
    " begins = CASE WHEN excluded.begins < span.begins THEN excluded.begins ELSE span.begins END"
)
_DEVICE_DAY = text(
    "INSERT INTO device_day (device, day, site, lobby, arrived)"
    " VALUES (:device, :day, :site, :lobby, :now) ON CONFLICT (device, day)"
    " DO UPDATE SET changed = 1, sealed = 0, arrived = excluded.arrived"
)
_ACK = text("SELECT epoch, seq FROM reached WHERE device = :device ORDER BY turn DESC LIMIT 1")
_META = text("SELECT value FROM meta WHERE key = :key")
_SET_META = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


class Stored(NamedTuple):
    """What came of a batch.

    Args:
        acks: Topic → what to say there.
        new: How many events were not there before.
        gaps: How many gaps were passed.
    """

    acks: dict[str, Ack]
    new: int
    gaps: int


class _Placed(NamedTuple):
    device: str
    epoch: str
    seq: int
    at: datetime
    topic: str


class Store:
    """The database. One process, one thread.

    Args:
        where: An SQLite file, made if it is missing, or the URL of a database.
        zone: In which the sites count their days; the same for as long as the database lives.

    Attributes:
        id: Random; another one after `renew`.
        name: Of the database, for sentences.
        renewed: Whether it was new, or restored, when it was opened.

    Raises:
        CollectError: It cannot be used.
    """

    def __init__(self, where: Path | str, zone: ZoneInfo = BERLIN) -> None:
        database = Database(where)
        self.name, self.zone = database.name, zone
        self._sentence = f"{self.name} cannot be used as a store"
        self._mark: Mark | None = None
        self._db = database.to_write()
        try:
            self._open(database)
        except BaseException:
            self.close()
            raise

    def _open(self, database: Database) -> None:
        with told(self._sentence):
            with self._db.begin():
                older = not self._has_days()
                METADATA.create_all(self._db)
                self.id = self._meta("store")
                self._commits = int(self._meta("commits") or 0)
                printed, zone = self._meta("fingerprint"), self._meta("zone")
                self._mark = FileMark(database.file) if database.file else ServerMark(self._db)
            self.renewed = not self._mark.is_of(self.id, self._commits, printed)
        if zone not in {"", self.zone.key}:
            raise CollectError(f"{self.name} counts its days in {zone}, not in {self.zone.key}")
        if older:
            self._note_old_days()
        if self.renewed:
            self.renew()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; twice is fine."""
        self._db.close()
        if self._mark is not None:
            self._mark.close()

    def renew(self) -> None:
        """Take another id: what was acknowledged under the old one may not be here."""
        self.id = secrets.token_hex(STORE_DIGITS // 2)
        with self.writing() as db:
            self._set_meta(db, "store", self.id)
            self._set_meta(db, "fingerprint", self._mark.fingerprint() if self._mark else "")
            self._set_meta(db, "zone", self.zone.key)

    def put(self, events: Sequence[tuple[str, Uploaded]]) -> Stored:
        """Store events, those that are there already left alone; it is on the disk on return.

        Args:
            events: Each with the topic on which its device is told.

        Raises:
            CollectError: The disk is full, or the like; nothing was stored.
        """
        touched = {event.device: topic for topic, event in events}
        with self.writing() as db:
            new = db.execute(_EVENT, [_row(event) for _, event in events]).rowcount
            steps = [_step_row(event) for _, event in events if event.after is not msgspec.UNSET]
            if steps:
                db.execute(_STEP, steps)
            db.execute(_DEVICE, [{"device": d, "topic": topic} for d, topic in touched.items()])
            if new:
                self._note_days(db, [_placed(topic, event) for topic, event in events])
            walked = walk(db, [Place(e.device, e.epoch, e.seq) for _, e in events])
        acks = {topic: self._said(walked.ends[device]) for device, topic in touched.items()}
        return Stored(acks, new, walked.gaps)

    def ack(self, device: str) -> Ack:
        """Give what to say to a device, known or not."""
        with self.reading() as db:
            return self._ack(db, device)

    def acks(self) -> dict[str, Ack]:
        """Give what to say to every device that is known."""
        with self.reading() as db:
            known = db.execute(text("SELECT device, ack_topic FROM device")).all()
            return {topic: self._ack(db, device) for device, topic in known}

    def contradicts(self, device: str, ack: Ack) -> bool:
        """Tell whether an acknowledgement is under our id, and of more than is here."""
        if ack.store != self.id or ack.epoch is None:
            return False
        with self.reading() as db:
            reached = db.execute(
                text("SELECT seq FROM reached WHERE device = :device AND epoch = :epoch"),
                {"device": device, "epoch": ack.epoch},
            ).scalar()
        return reached is None or int(reached) < ack.seq

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold a transaction, and note outside of it that there was one.

        Raises:
            CollectError: It cannot be written; nothing of the transaction is there.
        """
        with told(f"{self.name} cannot be written"), self._db.begin():
            yield self._db
            self._set_meta(self._db, "commits", str(self._commits + 1))
        self._commits += 1
        if self._mark is not None:
            self._mark.counted(self.id, self._commits)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold a transaction that changes nothing.

        Raises:
            CollectError: It cannot be read.
        """
        with told(f"{self.name} cannot be read"), self._db.begin():
            yield self._db

    def _ack(self, db: Connection, device: str) -> Ack:
        row = db.execute(_ACK, {"device": device}).first()
        return self._said(None if row is None else Place(device, *row))

    def _said(self, end: Place | None) -> Ack:
        return Ack(store=self.id, epoch=end and end.epoch, seq=end.seq if end else 0)

    def _note_days(self, db: Connection, placed: Iterable[_Placed]) -> None:
        """Note to which days events belong; these are counted again."""
        spans: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        days: dict[tuple[str, str], str] = {}
        for event in placed:
            day = event.at.astimezone(self.zone).date().isoformat()
            place = event.seq, int(event.at.timestamp())
            spans.setdefault((event.device, day, event.epoch), []).append(place)
            days[event.device, day] = event.topic
        db.execute(_SPAN, [_span_row(key, places) for key, places in spans.items()])
        db.execute(_DEVICE_DAY, [_day_row(key, topic) for key, topic in days.items()])

    def _has_days(self) -> bool:
        return self._db.dialect.has_table(self._db, "device_day")

    def _note_old_days(self) -> None:
        """Note the days of events that were stored before there were days."""
        rows = self._all(
            "SELECT event.device, epoch, seq, time, ack_topic FROM event"
            " JOIN device ON device.device = event.device"
        )
        if rows:
            with self.writing() as db:
                self._note_days(
                    db,
                    (
                        _Placed(who, e, seq, datetime.fromisoformat(at), t)
                        for who, e, seq, at, t in rows
                    ),
                )

    def _all(self, query: str) -> Sequence[Any]:
        with self.reading() as db:
            return db.execute(text(query)).all()

    def _meta(self, key: str) -> str:
        return str(self._db.execute(_META, {"key": key}).scalar() or "")

    @staticmethod
    def _set_meta(db: Connection, key: str, value: str) -> None:
        db.execute(_SET_META, {"key": key, "value": value})


def _placed(topic: str, event: Uploaded) -> _Placed:
    return _Placed(event.device, event.epoch, event.seq, event.time, topic)


def _row(event: Uploaded) -> Mapping[str, object]:
    return {
        "device": event.device,
        "epoch": event.epoch,
        "seq": event.seq,
        "type": event.type,
        "time": event.time.isoformat(),
        "data": bytes(event.data).decode(),
    }


def _step_row(event: Uploaded) -> Mapping[str, object]:
    after = event.after or None
    return {
        "device": event.device,
        "epoch": event.epoch,
        "seq": event.seq,
        "after_epoch": after and after.epoch,
        "after_seq": after and after.seq,
    }


def _span_row(key: tuple[str, str, str], places: Sequence[tuple[int, int]]) -> Mapping[str, object]:
    device, day, epoch = key
    return {
        "device": device,
        "day": day,
        "epoch": epoch,
        "first": min(seq for seq, _ in places),
        "last": max(seq for seq, _ in places),
        "begins": min(at_s for _, at_s in places),
    }


def _day_row(key: tuple[str, str], topic: str) -> Mapping[str, object]:
    device, day = key
    _, _, site, lobby, *_ = topic.split("/")
    now_s = int(time.time())
    return {"device": device, "day": day, "site": site, "lobby": lobby, "now": now_s}
