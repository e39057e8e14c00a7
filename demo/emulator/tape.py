"""The paper that runs through the printer, and the slips that are cut off it.

The cutter stands 15 mm behind the head. Whoever cuts without feeding leaves the last lines in the
printer, on top of the next person's slip; and every slip begins with 15 mm of blank paper.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, PngImagePlugin

from demo.emulator.glyphs import WHITE

DOTS_PER_MM: Final = 8
"""203 dpi."""
HEAD_TO_CUTTER: Final = 15 * DOTS_PER_MM
_MARGIN: Final = 4 * DOTS_PER_MM


@dataclass(frozen=True, slots=True)
class Slip:
    """What a person takes out of the printer.

    Args:
        number: Counting from 1.
        text: What is written on it, line by line, centred lines indented as on paper.
        codes: What its QR codes say.
        image: How it looks, one pixel for each dot.
        font: SHA-256 of the font that it was drawn with.
    """

    number: int
    text: str
    codes: tuple[str, ...]
    image: Image.Image
    font: str

    @property
    def png(self) -> bytes:
        """The picture as a PNG of the slip's real size, with the font's fingerprint in it."""
        notes = PngImagePlugin.PngInfo()
        notes.add_text("font", self.font)
        buffer = io.BytesIO()
        dpi = (DOTS_PER_MM * 25.4,) * 2
        self.image.convert("1").save(buffer, "PNG", optimize=True, dpi=dpi, pnginfo=notes)
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something readable on the tape, and where it ends."""

    bottom: int
    text: str = ""
    code: str | None = None


class Tape:
    """Paper with the head at its end.

    Args:
        width: In dots.

    Attributes:
        printed: How many dots have passed the head in all.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._strips = [self._blank(HEAD_TO_CUTTER)]
        self._marks: list[_Mark] = []
        self._length = HEAD_TO_CUTTER
        self.printed = 0

    def feed(self, dots: int, picture: Image.Image | None = None) -> None:
        """Move the paper on, with a picture at the beginning of what passes the head."""
        strip = self._blank(dots)
        if picture is not None:
            strip.paste(picture, (0, 0))
        self._strips.append(strip)
        self._length += dots
        self.printed += dots

    def note(self, text: str = "", code: str | None = None) -> None:
        """Keep what was just printed in a form that can be read."""
        self._marks.append(_Mark(self._length, text, code))

    def cut(self, number: int, font: str) -> Slip | None:
        """Cut where the cutter is; None if there is nothing to cut off."""
        return self._part(self._length - HEAD_TO_CUTTER, number, font)

    def tear_off(self, number: int, font: str) -> Slip | None:
        """Take out all the paper and begin a new roll; None if nothing was printed on it."""
        torn = self._part(self._length, number, font)
        self.feed(HEAD_TO_CUTTER)
        return torn if torn and torn.text.strip() else None

    def _part(self, at: int, number: int, font: str) -> Slip | None:
        if at <= 0:
            return None
        whole = self._blank(self._length)
        top = 0
        for strip in self._strips:
            whole.paste(strip, (0, top))
            top += strip.height
        off = [mark for mark in self._marks if mark.bottom <= at]
        rest = [mark for mark in self._marks if mark.bottom > at]
        self._strips = [whole.crop((0, at, self.width, self._length))]
        self._marks = [_Mark(mark.bottom - at, mark.text, mark.code) for mark in rest]
        self._length -= at
        return Slip(
            number,
            "\n".join(mark.text for mark in off if mark.code is None).strip("\n") + "\n",
            tuple(mark.code for mark in off if mark.code is not None),
            self._with_margins(whole.crop((0, 0, self.width, at))),
            font,
        )

    def _with_margins(self, printed: Image.Image) -> Image.Image:
        paper = Image.new("L", (self.width + 2 * _MARGIN, printed.height), WHITE)
        paper.paste(printed, (_MARGIN, 0))
        return paper

    def _blank(self, height: int) -> Image.Image:
        return Image.new("L", (self.width, height), WHITE)
