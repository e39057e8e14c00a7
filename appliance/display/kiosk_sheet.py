"""A part of the kiosk being drawn: type that fits its place, buttons, left and right by language.

Everything is described as it stands in German, from left to right, and turned over for a language
that runs from right to left: boxes, buttons, and the side at which a line begins. What is a thing
and not a text (a code, the keys of a pad, an arrow that points into the hall) is never turned.

A text is set as large as it may be and as small as it must be to stand whole. How small, is
bounded: what does not fit even so is cut with an ellipsis, and a test finds it.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, cast

from PIL import Image, ImageDraw

from appliance.display import breaking
from appliance.display.canvas import Align, Canvas
from appliance.display.fonts import Weight
from appliance.display.kiosk_pen import LARGE, SHRINK
from appliance.display.kiosk_pictograms import Sign, coverage
from appliance.display.kiosk_view import Target
from appliance.display.layout import Box, Part
from appliance.display.shapes import Shape, mask
from appliance.display.text import SENTENCES_MAX, Line, clean

if TYPE_CHECKING:
    from appliance.display.kiosk_pen import Face, KioskPen
    from appliance.display.theme import Colour

LEADING = 1.72
"""From baseline to baseline, in capitals."""
LEADING_BACKWARDS = 2.5
REACH = 0.5
"""So much accents and descenders take of a room, above and below a block, in capitals."""
REACH_BACKWARDS = 1.3
ROUND = 18
EDGE = 4
PAD = 22
CORNER_OVERSIZE = 4
RING, RING_GAP = 7, 4
"""Both together are less than what lies between two buttons."""


class Block(NamedTuple):
    """Lines below each other.

    Args:
        lines: The lines.
        cap: Height of their capitals, in pixels.
        leading: From baseline to baseline, in pixels.
        reach: What accents and descenders take above and below, together, in pixels.
    """

    lines: tuple[Line, ...]
    cap: float
    leading: float
    reach: float = 0.0

    @property
    def height(self) -> float:
        """From the first capitals to the last baseline, in pixels."""
        return self.cap + self.leading * (len(self.lines) - 1)

    @property
    def width(self) -> float:
        """That of the longest line."""
        return max((line.width for line in self.lines), default=0)


class _Surface(Canvas):
    """A canvas that also takes signs which are not among the board's."""

    def put(self, what: str, drawn: Image.Image, at: tuple[int, int], colour: Colour) -> None:
        """Put a coverage down."""
        self._put(f"<{what}>", drawn, at, colour)


class KioskSheet:
    """A rectangle of the kiosk to draw on, in pixels of its own.

    Args:
        size: In pixels.
        pen: What it is drawn with.
        ground: What it is filled with at first.
    """

    def __init__(self, size: tuple[int, int], pen: KioskPen, ground: Colour) -> None:
        box = Box(0, 0, *size)
        self.pen = pen
        self.canvas = _Surface(Part(box, box), ground)
        self.box = self.canvas.box
        self.targets: list[Target] = []

    def seen(self, box: Box) -> Box:
        """Give where a box stands on the picture."""
        if not self.pen.mirrored:
            return box
        width = self.box.right
        return box._replace(left=width - box.right, right=width - box.left)

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        self.canvas.fill(self.seen(box), colour)

    def card(self, box: Box, face: Face, *, edge: float = EDGE) -> None:
        """Draw a rectangle with round corners and an edge, in units."""
        u, seen = self.pen.u, self.seen(box)
        image, radius = self.canvas.image, round(u(ROUND))
        _paste_rounded(image, seen, radius, face.edge)
        if edge:
            weight = max(1, round(u(edge)))
            _paste_rounded(image, seen.inset(weight, weight), max(1, radius - weight), face.ground)

    def button(self, action: str, box: Box, face: Face) -> None:
        """Draw a card that can be touched, in the ring of the keys if that has come to it."""
        if action == self.pen.ring:
            self._ring(self.seen(box))
        self.card(box, face)
        self.targets.append(Target(action, self.seen(box)))

    def _ring(self, seen: Box) -> None:
        """Draw a ring around a box of the picture, with a gap, so that it shows on dark buttons."""
        pen, image = self.pen, self.canvas.image
        gap, weight = round(pen.u(RING_GAP)), max(2, round(pen.u(RING)))
        ground = cast("Colour", image.getpixel((seen.left, seen.top)))
        for margin, colour in ((gap + weight, pen.theme.call.ground), (gap, ground)):
            grown = Box(
                max(0, seen.left - margin),
                max(0, seen.top - margin),
                min(self.box.right, seen.right + margin),
                min(self.box.bottom, seen.bottom + margin),
            )
            _paste_rounded(image, grown, round(pen.u(ROUND)) + margin, colour)

    def sign(
        self, sign: Sign | Shape, box: Box, size: float, colour: Colour, degrees: int = 0
    ) -> None:
        """Put a sign into the middle of a box, `size` pixels high."""
        if isinstance(sign, Shape):
            drawn = mask(sign, round(size), degrees)
        else:
            drawn = coverage(sign, round(size))
        seen = self.seen(box)
        x = seen.left + (seen.width - drawn.width) / 2
        y = seen.top + (seen.height - drawn.height) / 2
        self.canvas.put(sign.value, drawn, (round(x), round(y)), colour)

    def arrow(self, box: Box, size: float, colour: Colour, *, back: bool = False) -> None:
        """Put an arrow into a box that points on, or back, in the visitor's reading direction."""
        self.sign(Shape.ARROW, box, size, colour, 180 if back != self.pen.mirrored else 0)

    def fit(
        self,
        text: str,
        room: tuple[float, float],
        caps: tuple[float, float],
        most: int,
        weight: Weight = Weight.BOLD,
        *,
        sentences: bool = False,
    ) -> Block:
        """Set a text as large as it may be, whole, into a room.

        Args:
            text: What it says.
            room: Width and height, in pixels.
            caps: Height of its capitals, in units: at most, and at least. In large type both are
                so much larger, but the least.
            most: On so many lines at most.
            weight: Strokes.
            sentences: It is broken between sentences where that goes.
        """
        pen = self.pen
        most_cap, least_cap = caps
        cap = pen.u(most_cap * (LARGE if pen.large else 1.0))
        text = clean(text, SENTENCES_MAX)
        breaker = breaking.sentences if sentences else breaking.rows
        while True:
            measure = partial(pen.setter.width, weight=weight, cap=cap)
            rows = breaker(text, measure, room[0], most)
            leading, reach = (
                (LEADING_BACKWARDS, REACH_BACKWARDS) if _backwards(text) else (LEADING, REACH)
            )
            leading *= cap
            high = cap * (1 + reach) + leading * (len(rows) - 1)
            if high <= room[1] and all(measure(row) <= room[0] for row in rows):
                break
            if cap <= pen.u(least_cap):
                # The rest stands in the last row, where it is cut for all to see.
                shown = max(1, int((room[1] - cap * (1 + reach)) / leading) + 1)
                rows = [*rows[: shown - 1], " ".join(rows[shown - 1 :])]
                break
            cap = max(cap * SHRINK, pen.u(least_cap))
        lines = tuple(pen.setter.line(row, weight, cap, room[0]) for row in rows)
        return Block(lines, cap, leading, cap * reach)

    def write(
        self,
        block: Block,
        box: Box,
        colour: Colour,
        align: Align = Align.LEFT,
        *,
        middle: bool = True,
    ) -> float:
        """Put a block into a box; give the height of its last baseline.

        Args:
            block: What `fit` gave.
            box: Where.
            colour: Its ink.
            align: LEFT is where the visitor's language begins.
            middle: At half the height of the box, else at its top.
        """
        seen = self.seen(box)
        top = seen.top + ((seen.height - block.height) / 2 if middle else 0.0)
        if self.pen.mirrored and align is not Align.CENTER:
            align = Align.LEFT if align is Align.RIGHT else Align.RIGHT
        x = {
            Align.LEFT: float(seen.left),
            Align.CENTER: (seen.left + seen.right) / 2,
            Align.RIGHT: float(seen.right),
        }[align]
        baseline = top + block.cap
        for line in block.lines:
            self.canvas.text(line, x, baseline, colour, align)
            baseline += block.leading
        return baseline - block.leading

    def labelled(
        self,
        action: str,
        box: Box,
        face: Face,
        sign: Sign | Shape | None,
        words: str,
        caps: tuple[float, float] = (30, 17),
        most: int = 2,
    ) -> None:
        """Draw a button with a sign before its words."""
        u = self.pen.u
        self.button(action, box, face)
        room = box.inset(u(PAD), u(PAD * 0.5))
        if sign is not None:
            size = min(u(64), room.height * 0.62, room.width * 0.2)
            place, room = room.split_left(size)
            self.sign(sign, place, size, face.sign)
            _, room = room.split_left(min(u(PAD), size * 0.36))
        block = self.fit(words, (room.width, room.height), caps, most)
        self.write(block, room, face.ink)


def _backwards(text: str) -> bool:
    return any("\u0590" <= sign <= "\u08ff" for sign in text)


def _paste_rounded(image: Image.Image, box: Box, radius: int, colour: Colour) -> None:
    """Fill a rectangle with round, smooth corners."""
    radius = max(1, min(radius, box.width // 2, box.height // 2))
    image.paste(colour, box.inset(radius))
    image.paste(colour, box.inset(0, radius))
    places = (
        (box.left, box.top),
        (box.right - radius, box.top),
        (box.left, box.bottom - radius),
        (box.right - radius, box.bottom - radius),
    )
    for corner, place in zip(_corners(radius), places, strict=True):
        image.paste(colour, place, corner)


@lru_cache(maxsize=32)
def _corners(radius: int) -> tuple[Image.Image, ...]:
    """Give the coverage of the four corners: upper left and right, lower left and right."""
    side = 2 * radius * CORNER_OVERSIZE
    disc = Image.new("L", (side, side))
    ImageDraw.Draw(disc).ellipse((0, 0, side - 1, side - 1), fill=255)
    disc = disc.reduce(CORNER_OVERSIZE)
    return tuple(
        disc.crop((left, top, left + radius, top + radius))
        for top in (0, radius)
        for left in (0, radius)
    )
