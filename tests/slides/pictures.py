"""PNG files for the tests, good and hostile, made byte by byte where no library would."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(size: tuple[int, int] = (400, 300), colour: tuple[int, int, int] = (0, 92, 138)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def claiming(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG that says of itself how large it is; its pixels may be anything."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def bomb() -> bytes:
    """Two kilobytes that unpack to many times what a picture of this size has."""
    return claiming(200, 200, b"\x00" * 100_000_000)


def with_texts(texts: int) -> bytes:
    """A small picture with compressed texts that unpack to a megabyte each."""
    good = png((20, 20))
    end = good.index(b"IEND") - 4
    packed = zlib.compress(b"a" * 1_000_000)
    said = b"".join(chunk(b"zTXt", b"Comment %d\x00\x00" % n + packed) for n in range(texts))
    return good[:33] + said + good[33:end] + good[end:]
