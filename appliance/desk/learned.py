"""What the forecast has learned, as bytes to be kept in the journal; small, and never a crash.

A memory of another version, or one that is damaged, is not taken up: the forecast learns anew from
the days that the journal holds.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import msgspec

from appliance.line.events import DayTurned
from appliance.line.memory import VERSION, Memory

MARK = b"lobby learned %d\n"


class ForgottenError(ValueError):
    """Bytes are no memory that this release can take up; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was known in the first moment of a day.

    Args:
        turned: That moment.
        memory: What the days before it had taught.
    """

    turned: DayTurned
    memory: Memory


def encode(kept: Kept) -> bytes:
    """Give the bytes."""
    return MARK % VERSION + zlib.compress(msgspec.json.encode(kept))


def decode(data: bytes) -> Kept:
    """Read the bytes.

    Raises:
        ForgottenError: They are of another version, or damaged.
    """
    mark = MARK % VERSION
    if not data.startswith(mark):
        raise ForgottenError(f"what was learned is not of version {VERSION}, or is damaged")
    try:
        return msgspec.json.decode(zlib.decompress(data[len(mark) :]), type=Kept)
    except (zlib.error, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ForgottenError(f"what was learned is damaged: {error}") from error
