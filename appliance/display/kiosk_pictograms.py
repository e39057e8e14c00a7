"""Signs of the kiosk that need no language, beside those of the board.

Who cannot read the words finds the way by these: so each is a thing that one knows from an entrance
hall, drawn in outlines of one weight. As on the board, each is drawn four times too large and
reduced, and kept.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OVERSIZE = 4
WEIGHT = 0.085
"""Of an outline, in heights."""


class Sign(Enum):
    """A pictogram; its size is its height, and all are as wide as high."""

    SEAT = "seat"
    ROOM = "room"
    INTERPRETER = "interpreter"
    CLOCK = "clock"
    PAPERS = "papers"
    LOOK_UP = "look up"
    KEYPAD = "keypad"
    PHONE = "phone"
    BELL = "bell"
    CROSS = "cross"
    DOTS = "dots"
    SLIP = "slip"
    LETTERS = "letters"
    ERASE = "erase"
    CALENDAR = "calendar"
    SUN = "sun"
    EMPTY = "empty box"
    TICKED = "ticked box"


class _Board:
    """Draws in hundredths of the sign's height."""

    def __init__(self, size: int) -> None:
        self.image = Image.new("L", (size, size))
        self._draw = ImageDraw.Draw(self.image)
        self._scale = size / 100
        self.weight = 100 * WEIGHT

    def _at(self, *coordinates: float) -> tuple[float, ...]:
        return tuple(each * self._scale for each in coordinates)

    def dot(self, x: float, y: float, radius: float, fill: int = 255) -> None:
        """A disc."""
        self._draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=fill)

    def ring(self, x: float, y: float, radius: float) -> None:
        """A circle."""
        self.dot(x, y, radius)
        self.dot(x, y, radius - self.weight, 0)

    def path(self, *corners: tuple[float, float], weight: float = 0.0, fill: int = 255) -> None:
        """Lines with round ends and corners."""
        weight = weight or self.weight
        points = [self._at(*corner) for corner in corners]
        self._draw.line(points, fill, round(weight * self._scale))
        for x, y in corners:
            self.dot(x, y, weight / 2, fill)

    def block(
        self, left: float, top: float, right: float, bottom: float, radius: float, fill: int = 255
    ) -> None:
        """A rectangle with round corners."""
        box = self._at(left, top, right, bottom)
        self._draw.rounded_rectangle(box, radius * self._scale, fill)

    def frame(self, left: float, top: float, right: float, bottom: float, radius: float) -> None:
        """The outline of one."""
        self.block(left, top, right, bottom, radius)
        w = self.weight
        self.block(left + w, top + w, right - w, bottom - w, max(0.0, radius - w), 0)

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, weight: float
    ) -> None:
        """Part of a circle, in degrees clockwise from the right."""
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self._draw.arc(box, start, end, 255, round(weight * self._scale))

    def shape(self, *corners: tuple[float, float], fill: int = 255) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(*corner) for corner in corners], fill)


def _seat(b: _Board) -> None:
    """Somebody on a chair, from the side."""
    b.dot(36, 15, 12)
    b.path((36, 36), (39, 62), (66, 62), (70, 92), weight=13)
    b.path((38, 43), (60, 46), weight=9)
    b.path((18, 34), (23, 76), (58, 76), weight=7)
    b.path((23, 76), (21, 95), weight=7)
    b.path((56, 76), (56, 95), weight=7)


def _room(b: _Board) -> None:
    """A door that can be locked."""
    b.frame(34, 4, 92, 96, 5)
    b.dot(78, 52, 6)
    b.block(0, 48, 56, 100, 10, 0)
    b.frame(11, 38, 41, 84, 15)
    b.block(4, 58, 48, 96, 8)
    b.dot(26, 73, 5.5, 0)
    b.path((26, 75), (26, 84), weight=5, fill=0)


def _interpreter(b: _Board) -> None:
    """Two bubbles of speech, one over the other."""
    b.frame(4, 6, 66, 54, 12)
    b.shape((16, 50), (36, 50), (16, 70))
    b.block(36, 36, 97, 82, 13, 0)
    b.block(40, 40, 96, 82, 12)
    b.shape((64, 80), (86, 80), (86, 97))
    for x in (54, 68, 82):
        b.dot(x, 61, 4.5, 0)
    b.path((18, 24), (44, 24), weight=6)
    b.path((18, 37), (30, 37), weight=6)


def _clock(b: _Board) -> None:
    b.ring(50, 50, 46)
    b.path((50, 24), (50, 52), (68, 64))


def _papers(b: _Board) -> None:
    """Sheets that go into a slit."""
    b.frame(24, 4, 76, 70, 5)
    for y, right in ((22, 63), (36, 63), (50, 52)):
        b.path((37, y), (right, y), weight=6)
    b.block(0, 62, 100, 96, 8, 0)
    b.frame(4, 66, 96, 96, 8)
    b.block(20, 58, 80, 70, 0, 0)
    b.path((20, 70), (80, 70), weight=9)


def _look_up(b: _Board) -> None:
    """A sheet under a glass."""
    b.frame(10, 4, 70, 88, 6)
    for y, right in ((24, 57), (40, 46)):
        b.path((24, y), (right, y), weight=6)
    b.dot(62, 62, 30, 0)
    b.ring(62, 62, 24)
    b.path((80, 80), (94, 95), weight=11)


def _keypad(b: _Board) -> None:
    for x in (20, 50, 80):
        for y in (14, 40, 66):
            b.block(x - 11, y - 10, x + 11, y + 10, 5)
    b.block(39, 82, 61, 100, 5)


def _phone(b: _Board) -> None:
    """A receiver, lifted."""
    b.arc(50, 78, 56, 208, 332, 19)
    b.block(2, 40, 30, 68, 9)
    b.block(70, 40, 98, 68, 9)
    b.image = b.image.rotate(42, Image.Resampling.BICUBIC)


def _bell(b: _Board) -> None:
    """A bell on a desk."""
    b.dot(50, 66, 38)
    b.block(0, 68, 100, 100, 0, 0)
    b.block(8, 74, 92, 86, 5)
    b.path((50, 18), (50, 30), weight=8)
    b.path((38, 17), (62, 17), weight=9)
    b.path((10, 34), (18, 42), weight=7)
    b.path((90, 34), (82, 42), weight=7)


def _cross(b: _Board) -> None:
    b.path((16, 16), (84, 84), weight=15)
    b.path((84, 16), (16, 84), weight=15)


def _dots(b: _Board) -> None:
    for x in (16, 50, 84):
        b.dot(x, 50, 12)


def _slip(b: _Board) -> None:
    """A slip that comes out."""
    b.block(4, 8, 96, 34, 8)
    b.block(18, 20, 82, 26, 3, 0)
    b.block(22, 24, 78, 92, 0)
    b.shape((22, 92), (31.3, 100), (40.6, 92), (50, 100), (59.3, 92), (68.6, 100), (78, 92))
    b.block(30, 40, 70, 60, 3, 0)
    b.block(30, 70, 62, 76, 2, 0)


def _letters(b: _Board) -> None:
    """A small and a large letter, and an arrow between them: the same in all scripts."""
    b.path((4, 84), (17, 48), (30, 84), weight=8)
    b.path((9, 72), (25, 72), weight=7)
    b.path((38, 84), (66, 10), (95, 84), weight=12)
    b.path((49, 60), (84, 60), weight=10)


def _erase(b: _Board) -> None:
    """The key that takes back."""
    b.shape((4, 50), (32, 18), (96, 18), (96, 82), (32, 82))
    b.path((50, 38), (76, 62), weight=9, fill=0)
    b.path((76, 38), (50, 62), weight=9, fill=0)


def _calendar(b: _Board) -> None:
    b.frame(6, 14, 94, 94, 9)
    b.block(6, 14, 94, 38, 9)
    for x in (30, 70):
        b.path((x, 6), (x, 22), weight=12, fill=0)
        b.path((x, 7), (x, 22), weight=7)
    b.path((30, 66), (45, 80), (72, 52), weight=9)


def _sun(b: _Board) -> None:
    """A bright screen."""
    b.dot(50, 50, 20)
    for x, y in ((0, 1), (1, 0), (0.71, 0.71), (0.71, -0.71)):
        for side in (-1, 1):
            b.path(
                (50 + side * x * 32, 50 + side * y * 32),
                (50 + side * x * 44, 50 + side * y * 44),
                weight=9,
            )


def _empty(b: _Board) -> None:
    b.frame(6, 6, 94, 94, 16)


def _ticked(b: _Board) -> None:
    b.block(6, 6, 94, 94, 16)
    b.path((26, 52), (44, 70), (76, 32), weight=13, fill=0)


_DRAWN: Final[Mapping[Sign, Callable[[_Board], None]]] = MappingProxyType(
    {
        Sign.SEAT: _seat,
        Sign.ROOM: _room,
        Sign.INTERPRETER: _interpreter,
        Sign.CLOCK: _clock,
        Sign.PAPERS: _papers,
        Sign.LOOK_UP: _look_up,
        Sign.KEYPAD: _keypad,
        Sign.PHONE: _phone,
        Sign.BELL: _bell,
        Sign.CROSS: _cross,
        Sign.DOTS: _dots,
        Sign.SLIP: _slip,
        Sign.LETTERS: _letters,
        Sign.ERASE: _erase,
        Sign.CALENDAR: _calendar,
        Sign.SUN: _sun,
        Sign.EMPTY: _empty,
        Sign.TICKED: _ticked,
    }
)


@lru_cache(maxsize=64)
def coverage(sign: Sign, size: int) -> Image.Image:
    """Give a sign's coverage, 0 to 255.

    Args:
        sign: Which.
        size: Height and width in pixels.
    """
    board = _Board(max(1, size) * OVERSIZE)
    _DRAWN[sign](board)
    return board.image.reduce(OVERSIZE)
