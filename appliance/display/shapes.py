"""Signs that need no language: arrow, diamond, person, and those for trouble.

Each is drawn four times too large and reduced, because Pillow draws polygons without smoothing, and
kept: a board has about ten of them.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from PIL import Image, ImageDraw

OVERSIZE = 4


class Shape(Enum):
    """A sign; its size is the height, `arrow` is 1.3 times as wide."""

    ARROW = "arrow"
    DIAMOND = "diamond"
    BADGE = "badge"
    PERSON = "person"
    CAUTION = "caution"
    CUT_OFF = "cut off"
    TICK = "tick"
    INFORMATION = "information"
    QUESTION = "question"
    NO_SLIP = "no slip"


ARROWS = {"→": 0, "↗": 45, "↑": 90, "↖": 135, "←": 180, "↙": 225, "↓": 270, "↘": 315}
"""Arrows as one types them → counterclockwise degrees."""


@lru_cache(maxsize=64)
def mask(shape: Shape, size: int, degrees: int = 0) -> Image.Image:
    """Give a sign's coverage, 0 to 255.

    Args:
        shape: Which.
        size: Height in pixels before turning.
        degrees: Turned by this, counterclockwise.
    """
    large = max(1, size) * OVERSIZE
    width = round(large * 1.3) if shape is Shape.ARROW else large
    image = Image.new("L", (-(-width // OVERSIZE) * OVERSIZE, large))
    draw = ImageDraw.Draw(image)
    match shape:
        case Shape.ARROW:
            _arrow(draw, width, large)
        case Shape.DIAMOND:
            _diamond(draw, large)
        case Shape.BADGE:
            draw.rounded_rectangle((0, 0, large - 1, large - 1), large * 0.2, fill=255)
        case Shape.PERSON:
            _person(draw, large)
        case Shape.CAUTION:
            _caution(draw, large)
        case Shape.CUT_OFF:
            _cut_off(draw, large)
        case Shape.TICK:
            _tick(draw, large)
        case Shape.INFORMATION:
            _information(draw, large)
        case Shape.QUESTION:
            _question(draw, large)
        case Shape.NO_SLIP:
            _no_slip(draw, large)
    if degrees:
        image = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        image = image.crop(image.getbbox())
    return image.reduce(OVERSIZE)


def _arrow(draw: ImageDraw.ImageDraw, width: float, height: float) -> None:
    """A shaft and two barbs of one weight, as on signs in stations."""
    weight = height * 0.17
    reach = height / 2 - weight * 0.72
    tip = width - weight * 0.72
    middle = height / 2
    draw.line((weight / 2, middle, tip, middle), fill=255, width=round(weight))
    for side in (-1, 1):
        end = (tip - reach, middle + side * reach)
        draw.line((tip, middle, *end), fill=255, width=round(weight))
        _dot(draw, *end, weight / 2)
    _dot(draw, tip, middle, weight / 2)
    _dot(draw, weight / 2, middle, weight / 2)


def _diamond(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A filled square on its corner with a rim: the road sign for right of way."""
    half = size / 2
    for reach, fill in ((half, 255), (half * 0.74, 0), (half * 0.56, 255)):
        draw.polygon(
            [
                (half, half - reach),
                (half + reach, half),
                (half, half + reach),
                (half - reach, half),
            ],
            fill=fill,
        )


def _person(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A head over shoulders."""
    _dot(draw, size / 2, size * 0.26, size * 0.2)
    draw.rounded_rectangle(
        (size * 0.14, size * 0.54, size * 0.86, size * 1.4), size * 0.32, fill=255
    )


def _caution(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A triangle with an exclamation mark cut out."""
    draw.polygon([(size / 2, size * 0.06), (size, size * 0.94), (0, size * 0.94)], fill=255)
    draw.rounded_rectangle(
        (size * 0.45, size * 0.36, size * 0.55, size * 0.66), size * 0.05, fill=0
    )
    _dot(draw, size / 2, size * 0.78, size * 0.06, fill=0)


def _cut_off(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A cloud, struck through."""
    for x, y, radius in ((0.28, 0.6, 0.2), (0.5, 0.46, 0.28), (0.76, 0.6, 0.2)):
        _dot(draw, size * x, size * y, size * radius)
    draw.rectangle((size * 0.28, size * 0.5, size * 0.76, size * 0.8), fill=255)
    _strike(draw, size)


def _tick(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A disc with a tick cut out."""
    _dot(draw, size / 2, size / 2, size / 2)
    corners = [(size * x, size * y) for x, y in ((0.27, 0.52), (0.44, 0.69), (0.74, 0.34))]
    weight = size * 0.12
    draw.line(corners, fill=0, width=round(weight), joint="curve")
    for x, y in (corners[0], corners[-1]):
        _dot(draw, x, y, weight / 2, fill=0)


def _information(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A square with an i cut out."""
    draw.rounded_rectangle((size * 0.03, size * 0.03, size * 0.97, size * 0.97), size * 0.16, 255)
    _dot(draw, size / 2, size * 0.27, size * 0.08, fill=0)
    draw.rounded_rectangle((size * 0.43, size * 0.42, size * 0.57, size * 0.8), size * 0.07, fill=0)


def _question(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A speech bubble with a question mark cut out."""
    draw.rounded_rectangle((0, size * 0.02, size - 1, size * 0.82), size * 0.2, fill=255)
    draw.polygon([(size * 0.22, size * 0.8), (size * 0.5, size * 0.8), (size * 0.22, size)], 255)
    weight, radius, middle = size * 0.1, size * 0.15, (size * 0.5, size * 0.3)
    x, y = middle
    reach = radius + weight / 2
    draw.arc((x - reach, y - reach, x + reach, y + reach), 180, 90, fill=0, width=round(weight))
    draw.line((x, y + radius, x, size * 0.54), fill=0, width=round(weight))
    for end in ((x - radius, y), (x, y + radius), (x, size * 0.54)):
        _dot(draw, *end, weight / 2, fill=0)
    _dot(draw, x, size * 0.69, size * 0.06, fill=0)


def _no_slip(draw: ImageDraw.ImageDraw, size: float) -> None:
    """A slip with its lines and a torn edge, struck through."""
    left, right, foot, tooth = size * 0.2, size * 0.8, size * 0.86, size * 0.1
    teeth = [
        (right - (right - left) * step / 6, size * 0.96 if step % 2 else foot) for step in range(7)
    ]
    draw.polygon([(left, size * 0.04), (right, size * 0.04), *teeth], fill=255)
    for row in (0.22, 0.4, 0.58):
        draw.line(
            (left + tooth, size * row, right - tooth, size * row), fill=0, width=round(size * 0.06)
        )
    _strike(draw, size)


def _strike(draw: ImageDraw.ImageDraw, size: float) -> None:
    """Strike out what is there, from upper left to lower right."""
    ends = (size * 0.14, size * 0.1, size * 0.9, size * 0.94)
    draw.line(ends, fill=0, width=round(size * 0.22))
    draw.line(ends, fill=255, width=round(size * 0.09))


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, *, fill: int = 255) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
