"""Files as strangers write them. Each holds the same code: what comes out must be readable."""

from __future__ import annotations

import io
import os
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageOps

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.pictures import PictureError, read_luma, shrink
from tests.seeing.codes import qr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "LB1:HELD UP"
CODE = Image.fromarray(qr(TEXT))


def deep() -> Image.Image:
    """Give 12 bits a pixel in a 16-bit file, as scanners write them: dark 1000, light 4060."""
    return Image.fromarray(np.asarray(CODE).astype(np.uint16) * 12 + 1000)


def transparent(ink: int, ground: int) -> Image.Image:
    """Give a code whose light modules are holes, the colour below them as drawing programs do."""
    dark = ImageOps.invert(CODE)
    picture = Image.new("LA", CODE.size, (ground, 0))
    picture.paste(ink, mask=dark)
    picture.putalpha(dark)
    return picture


def palette_with_transparency() -> Image.Image:
    picture = CODE.convert("P")
    picture.info["transparency"] = 255
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def turned(orientation: int) -> bytes:
    """Give a photo whose file says which way up it is, mirrored ones included."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(CODE.convert("RGB"), "JPEG", exif=exif)


READABLE: dict[str, Callable[[], bytes]] = {
    "grey": lambda: saved(CODE, "PNG"),
    "black and white": lambda: saved(CODE.convert("1"), "PNG"),
    "colour": lambda: saved(CODE.convert("RGB"), "JPEG"),
    "palette": lambda: saved(CODE.convert("P"), "GIF"),
    "palette with transparency": lambda: saved(palette_with_transparency(), "PNG"),
    "dark on nothing": lambda: saved(transparent(0, 0), "PNG"),
    "dark on nothing, in colour": lambda: saved(transparent(0, 0).convert("RGBA"), "PNG"),
    "light on nothing": lambda: saved(transparent(255, 255), "PNG"),
    "16 bit": lambda: saved(deep(), "PNG"),
    "16 bit TIFF": lambda: saved(deep(), "TIFF"),
    "floating point": lambda: saved(Image.fromarray(np.asarray(CODE, np.float32) / 255), "TIFF"),
    "CMYK": lambda: saved(CODE.convert("CMYK"), "JPEG"),
    "animated": lambda: saved(
        CODE, "GIF", save_all=True, append_images=[Image.new("L", CODE.size, 255)]
    ),
    "WebP": lambda: saved(CODE, "WEBP"),
    "BMP": lambda: saved(CODE, "BMP"),
    "PGM": lambda: saved(CODE, "PPM"),
} | {f"EXIF orientation {number}": lambda number=number: turned(number) for number in range(1, 9)}


@pytest.mark.parametrize("kind", READABLE)
def test_a_code_can_be_read_from(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(READABLE[kind]())
    assert TwoDecoders().look(read_luma(path)).texts == {TEXT}


def png(width: int, height: int, data: bytes) -> bytes:
    """Give a PNG whose header promises this size, whatever its data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no picture"),
    "text": (lambda: b"LB1:HELD UP", "no picture"),
    "half a JPEG": (lambda: READABLE["colour"]()[:2000], "truncated"),
    "half a PNG": (lambda: READABLE["grey"]()[:400], "damaged"),
    "a PNG with broken data": (lambda: png(100, 100, b"\x00" * 50), "damaged"),
    "a PNG of no pixels": (lambda: png(0, 0, zlib.compress(b"")), "no picture|damaged"),
    "a bomb": (lambda: png(20_000, 20_000, zlib.compress(bytes(4_000_000))), "too large"),
    "a smaller bomb": (lambda: png(9_000, 9_000, zlib.compress(bytes(4_000_000))), "too large"),
    "a long strip": (lambda: saved(Image.new("L", (70_000, 3)), "PNG"), "too large"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_gives_no_picture_is_a_sentence(kind: str, tmp_path: Path) -> None:
    content, reason = UNREADABLE[kind]
    path = tmp_path / "picture"
    path.write_bytes(content())
    with pytest.raises(PictureError, match=reason) as caught:
        read_luma(path)
    assert caught.value.path == path


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe):
        with pytest.raises(PictureError, match="not a file"):
            read_luma(path)
    with pytest.raises(PictureError, match="No such file"):
        read_luma(tmp_path / "missing")


def test_a_wide_strip_of_twenty_thousand_pixels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "strip.png"
    strip = Image.new("L", (20_000, 300), 255)
    strip.paste(CODE, (15_000, 10))
    strip.save(path)
    assert TwoDecoders().look(read_luma(path)).texts == {TEXT}


def test_every_cut_of_a_picture_gives_a_picture_or_a_sentence(tmp_path: Path) -> None:
    whole = READABLE["colour"]()
    path = tmp_path / "cut.jpg"
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(PictureError):
            read_luma(path)


def test_shrinking_averages_areas() -> None:
    checks = np.indices((8, 8)).sum(axis=0) % 2 * 254
    assert np.array_equal(shrink(checks.astype(np.uint8), 4), np.full((4, 4), 127))


def test_shrinking_keeps_the_shape_and_never_enlarges() -> None:
    assert shrink(np.zeros((720, 1280), np.uint8), 640).shape == (360, 640)
    assert shrink(np.zeros((3000, 4000), np.uint8), 640).shape == (480, 640)
    assert shrink(np.zeros((1, 5000), np.uint8), 640).shape == (1, 640)
    assert shrink(np.zeros((50, 60), np.uint8), 640).shape == (50, 60)


def test_max_side_bounds_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("L", (900, 300)).save(path)
    assert read_luma(path, max_side=450).shape == (150, 450)
    assert read_luma(path, max_side=2000).shape == (300, 900)
