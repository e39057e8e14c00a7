"""What a slip consists of, before any printer knows of it.

`display.slip` sets a slip as these elements, a printer driver turns them into its own bytes. The
two do not know each other, so what they share stands here, on the ground floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
        module_dots: Width of one module in printer dots (8 dots are 1 mm at 203 dpi).
    """

    data: str
    module_dots: int = 5


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the slip."""


Element = Text | Rule | Feed | Qr | Cut
Slip = tuple[Element, ...]
