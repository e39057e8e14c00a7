"""The events of one file: its epochs, in the order in which they began, and what is in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from appliance.journal import codec, schema
from appliance.journal.entries import Entry, Position
from appliance.journal.records import EpochBegan, Record, Why
from appliance.line.events import DayTurned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import apsw

    from appliance.line.events import Event


class Place(NamedTuple):
    """Where something stands in this file, and nowhere else: places sort as things happened.

    Args:
        number: Of the epoch.
        seq: In it.
    """

    number: int
    seq: int


BEGINNING = Place(0, 0)
END = Place(1 << 62, 0)
"""Behind all events."""


class Log:
    """The tables `event`, `epoch` and `day`. Errors are apsw's; the caller has the transaction.

    Args:
        db: The file.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def begin(self, epoch: int, why: Why, at: datetime) -> Place:
        """Begin an epoch; its first event says so."""
        previous = self.position_of(self.end())
        number = int(self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM epoch").get)
        self._db.execute(
            "INSERT INTO epoch (number, id, began, why) VALUES (?, ?, ?, ?)",
            (number, epoch, at.isoformat(), why),
        )
        self._db.execute("DELETE FROM meta WHERE key = ?", (schema.NEXT_EPOCH,))
        place = Place(number, 1)
        self._put(place, EpochBegan(at, why, *(previous or (None, None))))
        return place

    def append(self, events: Sequence[Event | Record], after: Place) -> Place:
        """Put events behind a place, which is the last of its epoch; give that of the last one."""
        place = after
        for event in events:
            place = Place(place.number, place.seq + 1)
            self._put(place, event)
            if isinstance(event, DayTurned):
                # A day begins once, also where that was forgotten and is said again.
                self._db.execute(
                    "INSERT OR IGNORE INTO day (day, epoch, seq) VALUES (?, ?, ?)",
                    (event.day.isoformat(), *place),
                )
        return place

    def end(self, before: Place = END) -> Place:
        """Give the place of the last event, or of the last one before a place."""
        row = self._db.execute(
            "SELECT epoch, seq FROM event WHERE (epoch, seq) < (?, ?)"
            " ORDER BY epoch DESC, seq DESC LIMIT 1",
            before,
        ).fetchone()
        return Place(*row) if row else BEGINNING

    def today(self) -> Place:
        """Give the place at which the day turned last."""
        row = self._db.execute(
            "SELECT epoch, seq FROM day ORDER BY epoch DESC, seq DESC LIMIT 1"
        ).fetchone()
        return Place(*row) if row else BEGINNING

    def last_time(self) -> datetime | None:
        """Give the time of the last event."""
        row = self._db.execute(
            "SELECT at FROM event WHERE (epoch, seq) = (?, ?)", self.end()
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def rows(self, after: Place, before: Place = END) -> Iterator[tuple[Place, str, str]]:
        """Give place, type and data of each event between two places, both left out."""
        for number, seq, type_name, data in self._db.execute(
            "SELECT epoch, seq, type, data FROM event"
            " WHERE (epoch, seq) > (?, ?) AND (epoch, seq) < (?, ?) ORDER BY epoch, seq",
            (*after, *before),
        ):
            yield Place(number, seq), type_name, data

    def entries(self, after: Place, limit: int) -> Iterator[Entry]:
        """Give at most so many of the events behind a place, as others may see them."""
        for id_, seq, at, type_name, data in self._db.execute(
            "SELECT epoch.id, seq, at, type, data FROM event"
            " JOIN epoch ON epoch.number = event.epoch WHERE (event.epoch, seq) > (?, ?)"
            " ORDER BY event.epoch, seq LIMIT ?",
            (*after, limit),
        ):
            yield Entry(Position(id_, seq), at, type_name, data)

    def position_of(self, place: Place) -> Position | None:
        """Give the id of the event at a place; None: its epoch is not in this file."""
        id_ = self._db.execute("SELECT id FROM epoch WHERE number = ?", (place.number,)).get
        return None if id_ is None else Position(id_, place.seq)

    def place_of(self, position: Position) -> Place | None:
        """Give where the event with an id stands, or would; None: its epoch is not here."""
        number = self._db.execute("SELECT number FROM epoch WHERE id = ?", (position.epoch,)).get
        return None if number is None else Place(number, position.seq)

    def holds(self, position: Position) -> bool:
        """Tell whether this file reaches as far as a position: it lost its tail if not."""
        place = self.place_of(position)
        if place is None:
            return False
        last = self._db.execute("SELECT max(seq) FROM event WHERE epoch = ?", (place.number,)).get
        return last is not None and int(last) >= place.seq

    def next_why(self) -> Why:
        """Give why the next epoch of this file begins."""
        said = schema.meta(self._db, schema.NEXT_EPOCH)
        if said is not None:
            return Why(str(said))
        began = self._db.execute("SELECT count(*) FROM (SELECT 1 FROM epoch LIMIT 1)").get
        return Why.STARTED if began else Why.NEW

    def _put(self, place: Place, event: Event | Record) -> None:
        self._db.execute(
            "INSERT INTO event (epoch, seq, at, type, data) VALUES (?, ?, ?, ?, ?)",
            (*place, event.at.isoformat(), *codec.encode(event)),
        )
