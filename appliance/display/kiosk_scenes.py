"""How a code is held up, in pictures: who stands before it for the first time does as they see.

Each scene is one thing to do: make the screen bright; hold it about a hand's width before the
camera; wait for the slip. A phone and a sheet of paper are both there.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from appliance.display.theme import Colour

OVERSIZE = 3
HALF_WHITE = 3 * 255 / 2
"""Red, green and blue of a ground on which the ink is seen better than the paper."""
WIDE, HIGH = 150, 100
"""A scene's own measures."""

MODULES = (
    0b1111111010101111111,
    0b1000001011001000001,
    0b1011101001101011101,
    0b1011101010101011101,
    0b1011101101001011101,
    0b1000001011101000001,
    0b1111111010101111111,
    0b0000000110100000000,
    0b1010111001110110101,
    0b0111000110011011010,
    0b1001101011000101101,
    0b0000000101101110010,
    0b1111111010110101101,
    0b1000001001011010110,
    0b1011101110100111011,
    0b1011101001011100100,
    0b1011101011101011010,
    0b1000001010010110011,
    0b1111111011101101101,
)
"""What looks like a code and is none: no camera shall read it off the screen."""


class Scene(Enum):
    """What is shown."""

    HOLD = "hold the code before the camera"
    BRIGHT = "make the screen bright"
    DISTANCE = "a hand's width away"
    WAIT = "wait for the slip"


class Paint(NamedTuple):
    """The colours of a scene.

    Args:
        ground: What it stands on.
        ink: Outlines, and the code.
        paper: Screen and paper, lighter than the ink.
        hand: Of the hand.
        light: What shines.
    """

    ground: Colour
    ink: Colour
    paper: Colour
    hand: Colour
    light: Colour


class _Easel:
    """Draws in a scene's own measures."""

    def __init__(self, size: int, paint: Paint) -> None:
        self._scale = size * OVERSIZE / HIGH
        extent = (round(WIDE * self._scale), round(HIGH * self._scale))
        self.image = Image.new("RGB", extent, paint.ground)
        self._draw = ImageDraw.Draw(self.image)
        self.paint = paint

    def _at(self, *coordinates: float) -> tuple[float, ...]:
        return tuple(each * self._scale for each in coordinates)

    def block(self, box: tuple[float, float, float, float], radius: float, fill: Colour) -> None:
        self._draw.rounded_rectangle(self._at(*box), radius * self._scale, fill)

    def dot(self, x: float, y: float, radius: float, fill: Colour) -> None:
        self._draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill)

    def path(self, corners: tuple[tuple[float, float], ...], weight: float, fill: Colour) -> None:
        points = [self._at(*corner) for corner in corners]
        self._draw.line(points, fill, round(weight * self._scale))
        for x, y in corners:
            self.dot(x, y, weight / 2, fill)

    def shape(self, corners: tuple[tuple[float, float], ...], fill: Colour) -> None:
        self._draw.polygon([self._at(*corner) for corner in corners], fill)

    def code(self, left: float, top: float, side: float) -> None:
        count = len(MODULES)
        for row, bits in enumerate(MODULES):
            for column in range(count):
                if bits >> (count - 1 - column) & 1:
                    x, y = left + side * column / count, top + side * row / count
                    end = side / count
                    box = self._at(x, y, x + end, y + end)
                    self._draw.rectangle(box, self.paint.ink)

    def phone(self, x: float, y: float, wide: float = 40) -> None:
        """A phone with a code, in a hand, its upper left corner at `x`, `y`."""
        p, s = self.paint, wide / 40
        right, foot = x + wide, y + 66 * s
        self.block((x + 4 * s, foot - 26 * s, right + 4 * s, foot + 60 * s), 14 * s, p.hand)
        for step in range(4):
            top = y + (22 + 11.5 * step) * s
            self.block((right - 8 * s, top, right + 8 * s, top + 10 * s), 5 * s, p.hand)
        self.block((x - 1, y - 1, right + 1, foot + 1), 7 * s, p.ground)
        self.block((x, y, right, foot), 6 * s, p.ink if p.ink != p.ground else p.paper)
        self.block((x + 3 * s, y + 3 * s, right - 3 * s, foot - 3 * s), 3.5 * s, p.paper)
        self.code(x + 7 * s, y + 20 * s, 26 * s)
        self.block((x + 14 * s, y + 7 * s, right - 14 * s, y + 9.5 * s), 1, p.ink)
        self.path(((x - 1 * s, foot + 6 * s), (x + 4 * s, foot - 24 * s)), 10 * s, p.hand)

    def sheet(self, x: float, y: float, wide: float = 44) -> None:
        """A sheet of paper with a code."""
        p, high = self.paint, wide * 1.35
        self.block((x - 1, y - 1, x + wide + 1, y + high + 1), 3, p.ground)
        self.block((x, y, x + wide, y + high), 2, p.ink)
        self.block((x + 1.6, y + 1.6, x + wide - 1.6, y + high - 1.6), 1, p.paper)
        self.code(x + wide * 0.22, y + high * 0.38, wide * 0.56)
        for row, end in ((0.12, 0.7), (0.22, 0.86)):
            line = ((x + wide * 0.16, y + high * row), (x + wide * end, y + high * row))
            self.path(line, 2.4, p.ink)

    def camera(self, x: float, y: float) -> None:
        """A lens in its housing, its middle at `x`, `y`."""
        p = self.paint
        self.block((x - 13, y - 20, x + 13, y + 20), 7, p.ink)
        self.dot(x, y, 10.5, p.light)
        self.dot(x, y, 7.5, p.ink)
        self.dot(x - 2.4, y - 2.4, 2.6, p.light)

    def beam(self, x: float, y: float, left: float, top: float, foot: float) -> None:
        """What the camera sees, from its lens to what is held up."""
        mixed = tuple(
            round(one * 0.3 + other * 0.7)
            for one, other in zip(self.paint.light, self.paint.ground, strict=True)
        )
        self.shape(((x, y), (left, top), (left, foot)), (mixed[0], mixed[1], mixed[2]))


def _hold(e: _Easel) -> None:
    e.beam(128, 38, 50, 8, 70)
    e.phone(40, 5)
    e.camera(130, 38)
    _measure(e, 92, 113, 84)


def _measure(e: _Easel, left: float, right: float, y: float) -> None:
    """An arrow to both sides; what it is long is written under it."""
    e.path(((left, y), (right, y)), 2.6, e.paint.ink)
    for x, side in ((left, 1), (right, -1)):
        e.path(((x + side * 5, y - 5), (x, y), (x + side * 5, y + 5)), 2.6, e.paint.ink)


def _bright(e: _Easel) -> None:
    e.phone(34, 14)
    for x, y in ((0.0, 1.0), (1.0, 0.0), (0.71, 0.71), (0.71, -0.71)):
        for side in (-1, 1):
            start, end = (
                (112 + side * x * 15, 40 + side * y * 15),
                (
                    112 + side * x * 21,
                    40 + side * y * 21,
                ),
            )
            e.path((start, end), 3.6, e.paint.light)
    e.dot(112, 40, 10.5, e.paint.light)


def _distance(e: _Easel) -> None:
    """Paper or phone: about half bring paper."""
    e.beam(128, 38, 60, 8, 70)
    e.sheet(3, 4, 42)
    e.phone(46, 10)
    e.camera(131, 38)
    _measure(e, 94, 116, 84)


def _wait(e: _Easel) -> None:
    p = e.paint
    e.block((20, 10, 130, 36), 8, p.ink)
    e.block((36, 22, 114, 27), 2, p.paper)
    e.block((43, 24, 107, 88), 0, p.ink)
    e.block((45, 25, 105, 86), 0, p.paper)
    teeth = tuple((45 + step * 7.5, 92 if step % 2 else 86) for step in range(9))
    e.shape(((43, 82), *((x, y + 2.5) for x, y in teeth), (107, 82)), p.ink)
    e.shape(((45, 80), *teeth, (105, 80)), p.paper)
    e.dot(75, 56, 19, p.light)
    e.path(((66, 57), (73, 64), (85, 49)), 5, p.ink if sum(p.light) > HALF_WHITE else p.paper)


_DRAWN = {
    Scene.HOLD: _hold,
    Scene.BRIGHT: _bright,
    Scene.DISTANCE: _distance,
    Scene.WAIT: _wait,
}


@lru_cache(maxsize=16)
def picture(scene: Scene, high: int, paint: Paint) -> Image.Image:
    """Give a scene as a picture.

    Args:
        scene: Which.
        high: Its height in pixels; it is half as wide again.
        paint: Its colours.
    """
    easel = _Easel(max(8, high), paint)
    _DRAWN[scene](easel)
    return easel.image.reduce(OVERSIZE)
