"""Made people before the camera: those who walk by, and those who stand there and read the screen.

As simple as `bench.frames`, and for one question alone: whether they are taken for a code that
somebody holds up. They wear what is hardest to tell from one: stripes, checks, buttons, straps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.drivers.camera import Luma

CLOTHES = ("plain", "striped", "checked")
HEIGHT = 900
"""Pixels of a person at one metre, of whom the camera sees the upper half."""


def walking_by(
    hall: Luma, rng: np.random.Generator, *, seconds: float, frames_per_s: float
) -> Iterator[Luma]:
    """Let people go past, one behind the other, without a pause, for so long."""
    speed = 900 / frames_per_s  # pixels: a metre a second at a metre's distance
    one, x = _person(rng), -400.0
    for _ in range(round(seconds * frames_per_s)):
        if x > hall.shape[1]:
            one, x = _person(rng), -400.0
        yield _before(hall, one, round(x), rng)
        x += speed


def standing(
    hall: Luma, rng: np.random.Generator, *, seconds: float, frames_per_s: float
) -> Iterator[Luma]:
    """Let somebody stand before the camera for so long, as still as people stand."""
    one = _person(rng)
    for number in range(round(seconds * frames_per_s)):
        sway = 12 * np.sin(number / frames_per_s * 1.7) + rng.normal(0, 2)
        yield _before(hall, one, round(hall.shape[1] / 2 - 250 + sway), rng)


def _person(rng: np.random.Generator) -> Image.Image:
    """Draw somebody from the belt up; how soft they are tells how far from the focus they stand."""
    scale = rng.uniform(0.7, 1.3)
    picture = Image.new("LA", (round(500 * scale), round(HEIGHT * scale)))
    draw = ImageDraw.Draw(picture)
    skin, hair, cloth, other = (int(shade) for shade in rng.integers(30, 220, 4))

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        return [side * scale for side in (left, top, right, bottom)]

    draw.rounded_rectangle(box(30, 230, 470, 900), 120 * scale, (cloth, 255))
    match CLOTHES[int(rng.integers(len(CLOTHES)))]:
        case "striped":
            _lines(draw, box(60, 260, 440, 880), scale, (other, 255), rng, across=False)
        case "checked":
            _lines(draw, box(60, 260, 440, 880), scale, (other, 255), rng, across=True)
    for button in range(300, 880, 70):
        draw.ellipse(box(244, button, 256, button + 12), (other, 255))
    draw.line(box(120, 240, 330, 900), (hair, 255), round(28 * scale))  # a bag's strap
    draw.ellipse(box(150, 0, 350, 260), (hair, 255))
    draw.ellipse(box(165, 40, 335, 265), (skin, 255))
    for x in (205, 275):
        draw.ellipse(box(x, 120, x + 28, 136), (hair, 255))
    draw.line(box(220, 210, 282, 210), (hair, 255), round(8 * scale))
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 5)))


def _lines(
    draw: ImageDraw.ImageDraw,
    box: list[float],
    scale: float,
    ink: tuple[int, int],
    rng: np.random.Generator,
    *,
    across: bool,
) -> None:
    left, top, right, bottom = box
    step = rng.uniform(14, 40) * scale
    width = max(1, round(step * 0.3))
    for y in np.arange(top, bottom, step):
        draw.line([left, y, right, y], ink, width)
    if across:
        for x in np.arange(left, right, step):
            draw.line([x, top, x, bottom], ink, width)


def _before(hall: Luma, one: Image.Image, x: int, rng: np.random.Generator) -> Luma:
    view = Image.fromarray(hall)
    view.paste(one.getchannel("L"), (x, 40), one.getchannel("A"))
    grain = rng.normal(0, 2, hall.shape)
    return np.asarray((np.asarray(view) + grain).clip(0, 255), np.uint8)
