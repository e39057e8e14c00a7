"""The line as it was, now and then, so that a start need not fold the whole day.

A line is written with all its fields but those that come from the configuration. It is used only
by the release that wrote it, under the configuration that it was written under: the fingerprint
tells. Else the fold begins with the day, as if there were no checkpoints.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

import msgspec

from appliance import __version__
from appliance.journal.log import Place
from appliance.line.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

EVERY = 500
"""Events: folding so many takes a few hundredths of a second."""
KEPT = 3
CONFIGURED = frozenset({"services", "zone", "rules"})
"""Fields of a line that say how it is configured, and never change."""


class Checkpoint(NamedTuple):
    """The line after the event at a place."""

    place: Place
    line: Line


class Checkpoints:
    """The table `checkpoint`. Errors are apsw's; the caller has the transaction.

    Args:
        db: The file.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._fingerprint: str | None = None

    def configure(self, empty: Line) -> None:
        """Say how the line is configured; before that there are no checkpoints."""
        self._fingerprint = fingerprint(empty)

    def put(self, line: Line, place: Place) -> None:
        """Keep the line as it is after the event at `place`, and few others."""
        if self._fingerprint is None:
            return
        self._db.execute(
            "INSERT OR REPLACE INTO checkpoint (epoch, seq, day, fingerprint, data)"
            " VALUES (?, ?, ?, ?, ?)",
            (*place, str(line.day), self._fingerprint, encode(line)),
        )
        self._db.execute(
            "DELETE FROM checkpoint WHERE day <> ? OR (epoch, seq) NOT IN"
            " (SELECT epoch, seq FROM checkpoint ORDER BY epoch DESC, seq DESC LIMIT ?)",
            (str(line.day), KEPT),
        )

    def since(self, begin: Place, empty: Line) -> Iterator[Checkpoint]:
        """Give those that can be used for the day that began at `begin`, the newest first.

        Args:
            begin: Where the day turned.
            empty: The line without its tickets, as configured now.
        """
        rows = self._db.execute(
            "SELECT epoch, seq, data FROM checkpoint WHERE (epoch, seq) >= (?, ?)"
            " AND fingerprint = ? ORDER BY epoch DESC, seq DESC",
            (*begin, fingerprint(empty)),
        )
        for number, seq, data in list(rows):
            try:
                yield Checkpoint(Place(number, seq), decode(data, empty))
            except (ValueError, TypeError, zlib.error):
                # Damaged: an older one, or the events themselves, do as well.
                continue


def encode(line: Line) -> bytes:
    """Give all of a line that is not configuration. A day of 2,000 tickets: some 60 kB."""
    state = {name: getattr(line, name) for name in _state()}
    return zlib.compress(msgspec.json.encode(state), 1)


def decode(data: bytes, empty: Line) -> Line:
    """Give the line that `encode` was given.

    Raises:
        ValueError: It is no line, or that of another release.
        zlib.error: It is damaged.
    """
    state = msgspec.json.decode(zlib.decompress(data), type=_kind())
    kept: dict[str, Any] = {name: getattr(state, name) for name in _state()}
    return Line(services=empty.services, zone=empty.zone, rules=empty.rules, **kept)


def fingerprint(empty: Line) -> str:
    """Give what must be the same for a checkpoint to be used: release, shape, configuration."""
    parts = (
        __version__,
        msgspec.json.schema(_kind()),
        empty.services,
        empty.counters,
        empty.rules,
        str(empty.zone),
    )
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def _kind() -> type[msgspec.Struct]:
    return msgspec.defstruct("State", list(_state().items()), forbid_unknown_fields=True)


def _state() -> dict[str, Any]:
    hints = get_type_hints(Line)
    return {name: hints[name] for name in Line.__dataclass_fields__ if name not in CONFIGURED}
