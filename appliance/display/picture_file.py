"""A picture from outside, read so that no file can break the board or make it slow.

What a picture costs is known from its first 24 bytes, before anything is unpacked: a PNG of 20,000
pixels a side says so itself, and is refused. Only the chunks that make the picture are handed to
the decoder; text chunks, which unpack to a thousand times their size, are left behind.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from pathlib import Path

BYTES_MAX = 4_000_000
PIXELS_MAX = 4_000_000
"""2560 by 1440 and a little more: 16 MB while it is unpacked."""
SIDE_MAX = 8_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_CHUNK = struct.Struct(">I4s")
_SIZE = struct.Struct(">II")


class PictureError(LobbyError, ValueError):
    """A picture that is not shown; the sentence says why, and what would be."""


def read_picture(path: Path, room: tuple[int, int]) -> Image.Image:
    """Read a PNG, made small enough for `room` (width, height), what is clear on white.

    Raises:
        PictureError: It is no PNG, too large, or broken.
    """
    try:
        with path.open("rb") as file:
            source = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise PictureError(f"picture {path.name} cannot be read: {error.strerror}.") from error
    if len(source) > BYTES_MAX:
        raise PictureError(
            f"picture {path.name} has more than {BYTES_MAX:,} bytes. Make it smaller."
        )
    slim = _slim(path.name, source)
    try:
        with Image.open(BytesIO(slim), formats=("PNG",)) as image:
            image.load()
            return _fitting(image, room)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"picture {path.name} is broken: {error}. Save it anew.") from error


def _slim(name: str, source: bytes) -> bytes:
    """Give the PNG without what does not make the picture.

    Raises:
        PictureError: It is no PNG, or has too many pixels.
    """
    if not source.startswith(_SIGNATURE) or source[12:16] != b"IHDR" or len(source) < 24:  # noqa: PLR2004  (RFC 2083, 3.2)
        raise PictureError(f"picture {name} is no PNG. Save it as one.")
    width, height = _SIZE.unpack_from(source, 16)
    if width * height > PIXELS_MAX or max(width, height) > SIDE_MAX:
        raise PictureError(
            f"picture {name} has {width} × {height} pixels. Make it at most 2560 × 1440."
        )
    kept = [_SIGNATURE]
    at = len(_SIGNATURE)
    while at + _CHUNK.size <= len(source):
        length, kind = _CHUNK.unpack_from(source, at)
        end = at + _CHUNK.size + length + 4
        if kind in _CHUNKS:
            kept.append(source[at:end])
        at = end
    return b"".join(kept)


def _fitting(image: Image.Image, room: tuple[int, int]) -> Image.Image:
    clear = image.convert("RGBA")
    clear.thumbnail((max(1, room[0]), max(1, room[1])), Image.Resampling.LANCZOS)
    opaque = Image.new("RGB", clear.size, (255, 255, 255))
    opaque.paste(clear, mask=clear.getchannel("A"))
    return opaque
