"""What is put into the journal beside the line's events, and where in it something stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Position(NamedTuple):
    """Where an event stands: no two events of any journal have the same.

    Args:
        epoch: Random; compared for equality only.
        seq: From 1 in each epoch; 0: before its first event.
    """

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in the file, also one that this release does not know.

    Args:
        position: Its id.
        at: When, ISO.
        type: Its name.
        data: JSON.
    """

    position: Position
    at: str
    type: str
    data: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A command that was answered: the same key gets the same answer, and does nothing twice.

    Args:
        caller: Who asked.
        key: The asker's 16 bytes.
        request: Hash of verb and body; the same key with another request is refused.
        reply: The answer's bytes.
    """

    caller: str
    key: bytes
    request: bytes
    reply: bytes


@dataclass(frozen=True, slots=True)
class OwedSlip:
    """A slip that was promised and is not known to be printed."""

    id: int
    ticket: str
    at: datetime
