"""A part of the screen being drawn, in pixels of its own.

It remembers where each text was put, so that a test can say of any picture, in any language and
with any font, that nothing is cut off and nothing overlaps.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from appliance.display.layout import Box, Part
from appliance.display.shapes import Shape, mask

if TYPE_CHECKING:
    from appliance.display.text import Line
    from appliance.display.theme import Colour


class Align(Enum):
    """Which point of a text its x is."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Placed(NamedTuple):
    """Something that was drawn: a text, or the name of a shape, and the box of its ink."""

    what: str
    box: Box


class Canvas:
    """A rectangle to draw on.

    Args:
        part: Where it will stand.
        ground: What it is filled with at first.
    """

    def __init__(self, part: Part, ground: Colour) -> None:
        size = (max(1, part.tile.width), max(1, part.tile.height))
        self.image = Image.new("RGB", size, ground)
        self.box = Box(0, 0, *size)
        self.content = part.content
        self.placed: list[Placed] = []

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        self.image.paste(colour, box)

    def text(
        self, line: Line, x: float, baseline: float, colour: Colour, align: Align = Align.LEFT
    ) -> None:
        """Put a line of text down.

        Args:
            line: The text.
            x: Its left end, middle or right end, as `align` says.
            baseline: Where its capitals stand.
            colour: Its ink.
            align: What `x` means.
        """
        shift = {Align.LEFT: 0.0, Align.CENTER: line.width / 2, Align.RIGHT: float(line.width)}
        at = (round(x - shift[align]) + line.left, round(baseline) + line.top)
        self._put(line.text, line.mask, at, colour)

    def shape(
        self, shape: Shape, x: float, middle: float, size: float, colour: Colour, degrees: int = 0
    ) -> int:
        """Put a sign down; gives its width in pixels.

        Args:
            shape: Which.
            x: Its left edge.
            middle: The height at which its middle is.
            size: Its height before turning, in pixels.
            colour: Its ink.
            degrees: Turned by this, counterclockwise.
        """
        coverage = mask(shape, round(size), degrees)
        at = (round(x), round(middle - coverage.height / 2))
        self._put(f"<{shape.value}>", coverage, at, colour)
        return coverage.width

    def picture(self, picture: Image.Image, left: int, top: int) -> None:
        """Put a picture down."""
        self.image.paste(picture, (left, top))
        box = Box(left, top, left + picture.width, top + picture.height)
        self.placed.append(Placed("<picture>", box))

    def _put(self, what: str, coverage: Image.Image, at: tuple[int, int], colour: Colour) -> None:
        self.image.paste(colour, at, coverage)
        box = Box(at[0], at[1], at[0] + coverage.width, at[1] + coverage.height)
        self.placed.append(Placed(what, box))
