"""What a printer does with each command: lines of characters, pictures, QR codes, cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from PIL import Image

from demo.emulator.codepages import DEFAULT_PAGE
from demo.emulator.glyphs import CELL_WIDTH, WHITE, Glyphs, Style
from demo.emulator.symbols import FaultError, Graphics, QrSymbol, raster
from demo.emulator.tape import HEAD_TO_CUTTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from demo.emulator.codepages import CodePages
    from demo.emulator.commands import Command
    from demo.emulator.parts import Parts
    from demo.emulator.tape import Tape

T = TypeVar("T")

_LINE_DOTS: Final = 30
_ALIGNMENTS: Final = {0: 0.0, 48: 0.0, 1: 0.5, 49: 0.5, 2: 1.0, 50: 1.0}
_UNDERLINES: Final = {0: 0, 48: 0, 1: 1, 49: 1, 2: 2, 50: 2}
_CUTS: Final = (0, 1, 48, 49)
_CUTS_AND_FEEDS: Final = (65, 66)


class Typesetter:
    """Carries out commands on the tape.

    Args:
        tape: The paper.
        parts: The roll feels what is printed, the cutter what is cut.
        glyphs: The characters.
        cut: Called when the cutter cuts.
        pages: Number → code page.
    """

    def __init__(
        self,
        tape: Tape,
        parts: Parts,
        glyphs: Glyphs,
        cut: Callable[[], None],
        pages: CodePages,
    ) -> None:
        self._pages = pages
        self._tape = tape
        self._parts = parts
        self._glyphs = glyphs
        self._cut = cut
        self._initialise()

    def _initialise(self) -> None:
        self._style = Style()
        self._page = self._pages[DEFAULT_PAGE]
        self._alignment = 0.0
        self._spacing = _LINE_DOTS
        self._line: list[tuple[str, Style]] = []
        self._qr = QrSymbol()
        self._graphics = Graphics()

    def do(self, command: Command) -> None:
        """Carry out one command.

        Raises:
            FaultError: It, or its argument, means nothing to this printer.
        """
        data = command.data
        match command.name:
            case "TEXT":
                self._add(data)
            case "LF":
                self._end_line()
            case "NUL" | "CR" | "DLE EOT":
                pass
            case "ESC @":
                self._initialise()
            case "ESC 2":
                self._spacing = _LINE_DOTS
            case "GS v 0":
                self._print(raster(data))
            case "GS ( L":
                if picture := self._graphics.do(data):
                    self._print(picture)
            case "GS ( k":
                if picture := self._qr.do(data):
                    self._print(picture)
                    self._tape.note(code=self._qr.text)
            case "GS V":
                self._feed_and_cut(data)
            case "?":
                raise FaultError(f"unknown command {data.hex(' ')}")
            case name:
                self._set(name, data[0])

    def _set(self, name: str, value: int) -> None:
        """Carry out one of the commands that have one argument."""
        match name:
            case "ESC !":
                self._set_mode(value)
            case "ESC -":
                self._style = replace(self._style, underline=_among(_UNDERLINES, name, value))
            case "ESC 3":
                self._spacing = value
            case "ESC E":
                self._style = replace(self._style, bold=bool(value & 1))
            case "ESC J":
                self._end_line(value)
            case "ESC M":
                _among({0: 0, 48: 0}, name, value)
            case "ESC a":
                if self._line:
                    raise FaultError("ESC a in the middle of a line")
                self._alignment = _among(_ALIGNMENTS, name, value)
            case "ESC d":
                for _ in range(value):
                    self._end_line()
            case "ESC t":
                self._page = _among(self._pages, name, value)
            case "GS !":
                self._set_size(value)
            case "GS B":
                self._style = replace(self._style, invert=bool(value & 1))
            case "GS b":
                self._style = replace(self._style, smooth=bool(value & 1))
            case _:
                raise FaultError(f"{name} is parsed, but nobody carries it out")

    def _set_mode(self, value: int) -> None:
        if value & 0b0100_0111:
            raise FaultError(f"ESC ! {value:#04x}: font B and reserved bits")
        self._style = replace(
            self._style,
            bold=bool(value & 0x08),
            height=2 if value & 0x10 else 1,
            width=2 if value & 0x20 else 1,
            underline=1 if value & 0x80 else 0,
        )

    def _set_size(self, value: int) -> None:
        if value & 0b1000_1000:
            raise FaultError(f"GS ! {value:#04x}: a size above 8")
        self._style = replace(self._style, width=(value >> 4) + 1, height=(value & 7) + 1)

    def _add(self, data: bytes) -> None:
        try:
            text = data.decode(self._page)
        except UnicodeDecodeError as error:
            raise FaultError(f"{data!r} is no text in {self._page}") from error
        for character in text:
            used = sum(style.cell[0] for _, style in self._line)
            if used + self._style.cell[0] > self._tape.width:
                self._end_line()
            self._line.append((character, self._style))

    def _end_line(self, dots: int | None = None) -> None:
        """Print what stands in the line, and feed: by the line's height, or by `dots`."""
        least = self._spacing if dots is None else dots
        if not self._line:
            self._feed(least)
            self._tape.note()
            return
        width = sum(style.cell[0] for _, style in self._line)
        height = max(style.cell[1] for _, style in self._line)
        left = int((self._tape.width - width) * self._alignment)
        picture = Image.new("L", (self._tape.width, height), WHITE)
        x = left
        for character, style in self._line:
            # Characters of several sizes in one line stand on one base line.
            picture.paste(self._glyphs.draw(character, style), (x, height - style.cell[1]))
            x += style.cell[0]
        self._feed(max(least, height), picture)
        text = "".join(character for character, _ in self._line)
        indent = int((self._tape.width // CELL_WIDTH - len(text)) * self._alignment)
        self._tape.note(f"{' ' * indent}{text}".rstrip())
        self._line.clear()

    def _print(self, picture: Image.Image) -> None:
        if self._line:
            raise FaultError("a picture in the middle of a line")
        if picture.width > self._tape.width:
            raise FaultError(f"a picture of {picture.width} dots on {self._tape.width} of paper")
        strip = Image.new("L", (self._tape.width, picture.height), WHITE)
        strip.paste(picture, (int((self._tape.width - picture.width) * self._alignment), 0))
        self._feed(picture.height, strip)

    def _feed_and_cut(self, data: bytes) -> None:
        if self._line:
            raise FaultError("GS V in the middle of a line")
        if data[0] in _CUTS_AND_FEEDS:
            self._feed(HEAD_TO_CUTTER + data[1])
        elif data[0] not in _CUTS:
            raise FaultError(f"GS V {data[0]}")
        self._cut()

    def _feed(self, dots: int, picture: Image.Image | None = None) -> None:
        self._tape.feed(dots, picture)
        self._parts.used(dots)


def _among(known: Mapping[int, T], name: str, value: int) -> T:
    if value not in known:
        raise FaultError(f"{name} {value}")
    return known[value]
