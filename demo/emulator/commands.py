"""Bytes from a wire, taken apart into ESC/POS commands. Strict: what is not listed is a fault.

A real printer swallows the two bytes of a command that it does not know and prints the rest as
text. So does this one, and it keeps a note: what one printer forgives prints rubbish on another.
Names and lengths are those of Epson's ESC/POS command reference. A zero in between is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PREFIXES: Final = {0x10: "DLE", 0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}
_CONTROLS: Final = {0x00: "NUL", 0x0A: "LF", 0x0D: "CR"}
_FIRST_CHARACTER: Final = 0x20

# Command → how many bytes of arguments follow.
_FIXED: Final = {
    b"\x10\x04": 1,  # DLE EOT n: real-time status
    b"\x1b@": 0,  # initialise
    b"\x1b!": 1,  # print mode
    b"\x1b-": 1,  # underline
    b"\x1b2": 0,  # default line spacing
    b"\x1b3": 1,  # line spacing
    b"\x1bE": 1,  # bold
    b"\x1bJ": 1,  # print and feed dots
    b"\x1bM": 1,  # font
    b"\x1ba": 1,  # alignment
    b"\x1bd": 1,  # print and feed lines
    b"\x1bt": 1,  # code page
    b"\x1d!": 1,  # character size
    b"\x1dB": 1,  # white on black
    b"\x1db": 1,  # smoothing
    b"\x1dr": 1,  # status, in the order of the data
}
_CUT: Final = b"\x1dV"
_CUT_AND_FEED: Final = (65, 66)
_RASTER: Final = b"\x1dv0"
_RASTER_HEADER: Final = 8
_COUNTED: Final = (b"\x1d(k", b"\x1d(L")
_COUNTED_HEADER: Final = 5
_THREE_LETTERS: Final = (b"\x1d(", b"\x1dv")


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Args:
        name: As in the reference, such as `ESC a`; `TEXT` for characters, `?` for what is unknown.
        data: Its arguments, the characters, or the unknown bytes.
        length: How many bytes it took on the wire.
    """

    name: str
    data: bytes
    length: int


def take(received: bytes) -> Command | None:
    """Take the first command off `received`; None if not all of it has come."""
    if not received:
        return None
    first = received[0]
    if first >= _FIRST_CHARACTER:
        return _text(received)
    if first in _CONTROLS:
        return Command(_CONTROLS[first], b"", 1)
    if first not in _PREFIXES:
        return Command("?", received[:1], 1)
    return _prefixed(received)


def _text(received: bytes) -> Command:
    end = next((i for i, byte in enumerate(received) if byte < _FIRST_CHARACTER), len(received))
    return Command("TEXT", received[:end], end)


def _prefixed(received: bytes) -> Command | None:
    head = received[:3] if received[:2] in _THREE_LETTERS else received[:2]
    if len(head) < 2 or (head in _THREE_LETTERS):  # noqa: PLR2004  (a prefix and a letter)
        return None
    if head in _FIXED:
        return _with_arguments(received, head, _FIXED[head])
    if head == _CUT:
        feeds = received[2:3] and received[2] in _CUT_AND_FEED
        return _with_arguments(received, head, 2 if feeds else 1)
    if head == _RASTER:
        return _raster(received)
    if head in _COUNTED:
        return _counted(received)
    return Command("?", head[:2], 2)


def _raster(received: bytes) -> Command | None:
    """GS v 0 m xL xH yL yH, then the picture."""
    if len(received) < _RASTER_HEADER:
        return None
    row_bytes = int.from_bytes(received[4:6], "little")
    rows = int.from_bytes(received[6:8], "little")
    return _with_arguments(received, _RASTER, 5 + row_bytes * rows)


def _counted(received: bytes) -> Command | None:
    """GS ( x pL pH, then as many bytes as p says."""
    if len(received) < _COUNTED_HEADER:
        return None
    count = int.from_bytes(received[3:5], "little")
    whole = _with_arguments(received, received[:3], 2 + count)
    return whole and Command(whole.name, whole.data[2:], whole.length)


def _with_arguments(received: bytes, head: bytes, arguments: int) -> Command | None:
    length = len(head) + arguments
    if len(received) < length:
        return None
    letters = "EOT" if head == b"\x10\x04" else " ".join(head[1:].decode("ascii"))
    return Command(f"{_PREFIXES[head[0]]} {letters}", received[len(head) : length], length)
