"""What a slip consists of, before any printer knows of it.

`display.slip` sets a slip as these elements, a printer driver turns them into its own bytes. The
two do not know each other, so what they share stands here, on the ground floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Press:
    """What a printer can do, as far as whoever sets a slip must know.

    Args:
        columns: Characters of normal size on a line.
        dots: Width of the line in printer dots (8 dots are 1 mm at 203 dpi); the printer takes no
            picture that is wider.
        sets: Whether the printer has every character of a text, as it stands: other texts come out
            wrong, and have to be drawn.
    """

    columns: int
    dots: int
    sets: Callable[[str], bool]


class Align(Enum):
    """Where a line stands on the paper."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text.

    Args:
        text: What it says; wrapped by whoever sets the slip, never by the driver.
        size: Width and height as a multiple of the printer's normal character, 1 to 8.
        bold: Heavier strokes.
        align: Where it stands.
        invert: White on black.
    """

    text: str
    size: int = 1
    bold: bool = False
    align: Align = Align.LEFT
    invert: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 8:  # noqa: PLR2004  (ESC/POS: GS ! n knows 1 to 8)
            raise ValueError(f"size is {self.size}; a printer knows 1 to 8")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper.

    Args:
        lines: How much, in lines of normal text.
    """

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, centred.

    Args:
        data: Its content, ASCII.
        module_dots: Width of one module in printer dots, smaller only where the paper is too
            narrow: below 5 pixels a module cameras begin to fail.
    """

    data: str
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots, from the left edge of the paper on.

    Args:
        width: In dots, a multiple of 8.
        rows: A bit for each dot from the upper left on, 1 is black; `width` / 8 bytes a row.
        says: What can be read in it, for whoever sees no pictures.
    """

    width: int
    rows: bytes
    says: str = ""

    def __post_init__(self) -> None:
        if self.width < 1 or self.width % 8 or not self.rows or len(self.rows) * 8 % self.width:
            raise ValueError(f"{len(self.rows)} bytes are no rows of {self.width} dots")

    @property
    def height(self) -> int:
        """In dots."""
        return len(self.rows) * 8 // self.width


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the slip."""


Element = Text | Rule | Feed | Qr | Picture | Cut
Slip = tuple[Element, ...]
