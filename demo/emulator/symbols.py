"""Pictures that arrive as commands: rasters dot by dot, and QR codes that the printer draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from PIL import Image

from demo.emulator.glyphs import BLACK, WHITE

_QR_LEVELS: Final = {48: "l", 49: "m", 50: "q", 51: "h"}
_QR: Final = 49
_MODEL_2: Final = 50
_LARGEST_MODULE: Final = 16
_GRAPHICS_HEADER: Final = 8


class FaultError(Exception):
    """A command says something that a printer of this kind does not understand."""


def raster(data: bytes) -> Image.Image:
    """Draw what GS v 0 brings: m xL xH yL yH, then a bit for each dot."""
    mode, row_bytes, rows = data[0], _number(data[1:3]), _number(data[3:5])
    if mode not in (0, 1, 2, 3, 48, 49, 50, 51):
        raise FaultError(f"GS v 0 with m = {mode}")
    return _dots(data[5:], row_bytes * 8, rows, 1 + mode % 2, 1 + mode // 2 % 2)


class Graphics:
    """GS ( L: a picture is stored, and printed by a second command."""

    def __init__(self) -> None:
        self._stored: Image.Image | None = None

    def do(self, data: bytes) -> Image.Image | None:
        """Carry out one function; gives the picture when it is to be printed."""
        match data[:2]:
            case b"0p":
                self._store(data[2:])
                return None
            case b"02" | b"0\x02":
                picture, self._stored = self._stored, None
                return picture
            case other:
                raise FaultError(f"GS ( L with function {other.hex(' ')}")

    def _store(self, data: bytes) -> None:
        if len(data) < _GRAPHICS_HEADER:
            raise FaultError(f"GS ( L stores with {data.hex(' ')}")
        tone, across, down, color = data[:4]
        if (tone, color) != (48, 49) or across not in (1, 2) or down not in (1, 2):
            raise FaultError(f"GS ( L stores with {data[:4].hex(' ')}")
        width, height = _number(data[4:6]), _number(data[6:8])
        dots = data[_GRAPHICS_HEADER:]
        if len(dots) != (width + 7) // 8 * height:
            raise FaultError(f"GS ( L: {len(dots)} bytes for {width} × {height} dots")
        self._stored = _dots(dots, width, height, across, down)


@dataclass(slots=True)
class QrSymbol:
    """GS ( k for QR codes: set up piece by piece, stored, printed."""

    data: bytes = b""
    module_dots: int = 3
    level: int = 48

    def do(self, data: bytes) -> Image.Image | None:
        """Carry out one function; gives the picture when it is to be printed."""
        if len(data) < 3 or data[0] != _QR:  # noqa: PLR2004  (kind, function, a parameter)
            raise FaultError(f"GS ( k with {data[:3].hex(' ')}: only QR codes are known")
        function, value = data[1], data[2]
        match function:
            case 65 if value == _MODEL_2:
                return None
            case 67 if 1 <= value <= _LARGEST_MODULE:
                self.module_dots = value
                return None
            case 69 if value in _QR_LEVELS:
                self.level = value
                return None
            case 80 if value == ord("0"):
                self.data = data[3:]
                return None
            case 81 if value == ord("0"):
                return self._draw()
            case _:
                raise FaultError(f"GS ( k function {function} with {value}")

    @property
    def text(self) -> str:
        """What it says."""
        return self.data.decode("utf-8", "replace")

    def _draw(self) -> Image.Image:
        """Draw it without a quiet zone, as printers do: that is the slip's own white."""
        if not self.data:
            raise FaultError("GS ( k prints a QR code that says nothing")
        try:
            symbol = segno.make_qr(self.text, error=_QR_LEVELS[self.level], boost_error=False)
        except segno.DataOverflowError as error:
            raise FaultError(f"GS ( k: {len(self.data)} bytes fit no QR code") from error
        side = len(symbol.matrix)
        picture = Image.new("L", (side, side))
        picture.putdata([BLACK if module else WHITE for row in symbol.matrix for module in row])
        size = (side * self.module_dots,) * 2
        return picture.resize(size, Image.Resampling.NEAREST)


def _dots(data: bytes, width: int, height: int, across: int, down: int) -> Image.Image:
    if not width or not height:
        raise FaultError(f"a picture of {width} × {height} dots")
    picture = Image.frombytes("1", (width, height), data, "raw", "1;I").convert("L")
    return picture.resize((width * across, height * down), Image.Resampling.NEAREST)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
