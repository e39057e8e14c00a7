"""What every payload has in common. Parsing is strict: what does not fit is never guessed at.

JSON in UTF-8, times as RFC 3339. Additive changes only within v1: a reader ignores members that it
does not know. Every retained payload carries `as_of`, `day`, `session` and `valid_s`, so that a
receiver can age it by its own monotonic clock: message expiry does not tell those who are already
connected.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

if TYPE_CHECKING:
    from typing import Self

LIMIT_BYTES = 64 * 1024
"""No payload is larger, but for what an issuer sends by the uplink (`issued`)."""
T = TypeVar("T")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset: without one nobody can know which is meant."""


class MessageError(ValueError):
    """A payload is not what its topic asks for; the sentence says where and why."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payload."""


class Retained(Message, frozen=True, kw_only=True):
    """A payload that the broker keeps for those who come later.

    Args:
        as_of: Desk time at which this was true.
        day: The site's day that it belongs to; a board of another day is drawn empty.
        session: Random per start of the desk.
        valid_s: After this many seconds without news it is stale.
    """

    as_of: Moment
    day: date
    session: str
    valid_s: int

    def says_what(self, other: Self) -> bool:
        """Tell whether it says what another one said, at another time."""
        then = msgspec.structs.replace(other, as_of=self.as_of, valid_s=self.valid_s)
        return then == self


def encode(message: Message) -> bytes:
    """Give the payload's bytes."""
    return msgspec.json.encode(message)


def decode(payload: bytes, kind: type[T], limit_bytes: int = LIMIT_BYTES) -> T:
    """Read a payload.

    Raises:
        MessageError: Too long, not JSON, or of another shape.
    """
    if len(payload) > limit_bytes:
        raise MessageError(f"{len(payload)} bytes; at most {limit_bytes} are read")
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(str(error)) from error
