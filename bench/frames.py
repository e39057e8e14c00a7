"""Made kiosk frames: our codes on phones and paper, held by hands, seen by a small camera.

Real photos of real people at a real kiosk do not exist yet, so what is known to fail in practice is
modelled, each part as simply as it stays honest: where the code is and how it is tilted and curled,
light (phone brightness, room, glare, the bands of OLED screens, moiré), the lens (defocus), the
hand (motion blur, a thumb on the code), the sensor (shot and read noise) and JPEG, in this order,
as light meets them. All sizes are in pixels of the frame. Everything follows from the seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import segno
from PIL import Image, ImageDraw

from bench.optics import blurred, compressed, sensed, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Luma
    from bench.optics import Light

WIDTH, HEIGHT = 1280, 720
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CODE_CHARACTERS = 182
GRADES = ("easy", "middle", "hard")

_CELL = 12  # pixels a module in the drawing of phone and paper, before it is held up


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How a code is held up, and what the camera makes of it.

    Args:
        phone: On a phone; else on paper.
        module_px: Width of one module where the code is nearest to the picture's middle.
        turn_deg: Rotation in the picture's plane.
        tilt_deg: Away from the picture's plane.
        curl: Bend of the paper, as the part of its width by which its middle comes nearer.
        brightness: Of white where the code is, 0 to 1.
        contrast: Of the code itself: 1 is black on white; thin ink and veiled screens are less.
        room: Brightness of the hall behind.
        glare: Peak of a reflection, 0 to 1, that lies across the code.
        bands: Depth of the dark bands of a dimmed OLED screen, 0 to 1.
        moire: Depth of the beat between screen and sensor pixels.
        defocus_px: Radius of the blur disk.
        motion_px: Length of the smear.
        noise: Standard deviation of the noise at white, in grey levels.
        inverted: Light modules on a dark screen.
        covered: Part of the code's side that a thumb covers, from the edge.
        jpeg: Quality; 0 for raw luma.
    """

    phone: bool = True
    module_px: float = 6.0
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    curl: float = 0.0
    brightness: float = 0.8
    contrast: float = 0.9
    room: float = 0.35
    glare: float = 0.0
    bands: float = 0.0
    moire: float = 0.0
    defocus_px: float = 0.0
    motion_px: float = 0.0
    noise: float = 2.0
    inverted: bool = False
    covered: float = 0.0
    jpeg: int = 0


def code_text(rng: np.random.Generator) -> str:
    """Give a text of the length and alphabet of an appointment code; it holds no appointment."""
    return "LB1:" + "".join(rng.choice(list(BASE45), CODE_CHARACTERS))


def draw_conditions(grade: str, rng: np.random.Generator) -> Conditions:
    """Draw how a code is held up on a good (`easy`), usual (`middle`) or bad (`hard`) day."""
    level = GRADES.index(grade)

    def up_to(*per_level: float) -> float:
        return float(rng.uniform(0, per_level[level]))

    def between(*per_level: tuple[float, float]) -> float:
        return float(rng.uniform(*per_level[level]))

    def seldom(*per_level: float) -> bool:
        return bool(rng.random() < per_level[level])

    phone = bool(rng.random() < 0.65)  # noqa: PLR2004  (most people show the phone)
    module_px = between((4.5, 8.0), (3.6, 7.0), (3.0, 6.0))
    return Conditions(
        phone=phone,
        module_px=module_px,
        turn_deg=float(rng.normal(0, (8, 15, 30)[level])),
        tilt_deg=up_to(15, 30, 40),
        curl=0.0 if phone else up_to(0.04, 0.1, 0.16),
        brightness=between((0.45, 1.0), (0.22, 1.05), (0.12, 1.15)),
        contrast=between((0.75, 1.0), (0.5, 0.95), (0.35, 0.9)),
        room=between((0.2, 0.5), (0.1, 0.6), (0.04, 0.7)),
        glare=up_to(0.4, 0.7, 0.9) if seldom(0.2, 0.4, 0.6) else 0.0,
        bands=up_to(0.1, 0.3, 0.5) if phone and seldom(0.2, 0.4, 0.6) else 0.0,
        moire=up_to(0.05, 0.12, 0.15) if phone else 0.0,
        defocus_px=up_to(0.3, 0.48, 0.55) * module_px,
        motion_px=up_to(0.4, 0.8, 1.0) * module_px,
        noise=between((1.0, 5.0), (3.0, 10.0), (5.0, 14.0)),
        inverted=phone and seldom(0.08, 0.12, 0.15),
        covered=up_to(0.0, 0.08, 0.12) if seldom(0.0, 0.2, 0.3) else 0.0,
        jpeg=int(rng.integers(60, 95)) if seldom(0.2, 0.2, 0.2) else 0,
    )


def hall(
    rng: np.random.Generator, *, room: float = 0.35, noise: float = 3.0, grain: int | None = None
) -> Luma:
    """Give a frame of the hall with nothing held up.

    Args:
        rng: Decides what stands there.
        room: Brightness.
        noise: As in `Conditions`.
        grain: Seed of the noise alone, for several frames of the same hall.
    """
    light = _background(rng, room)
    return sensed(light, noise, rng if grain is None else np.random.default_rng(grain))


def frame(text: str | None, conditions: Conditions, rng: np.random.Generator) -> Luma:
    """Give a frame in which somebody holds up a code with this text; None: print without a code."""
    c = conditions
    thing, visible, light_plane = _thing(text, c, rng)
    columns, rows = _sight_lines(thing.shape, c, rng)
    seen = _sampled(thing, columns, rows)
    mask = _sampled(visible, columns, rows)
    code_area = _sampled(light_plane, columns, rows)
    if c.phone:
        seen = seen * _screen_faults(c, rng)
    seen = seen + c.glare * _reflection(mask, rng)
    light = _background(rng, c.room) * (1 - mask) + seen * mask
    light = _covered(light, code_area, c, rng)
    light = blurred(light, spread(c.defocus_px, c.motion_px, rng))
    return compressed(sensed(light, c.noise, rng), c.jpeg)


def _background(rng: np.random.Generator, room: float) -> Light:
    """Walls, a door, lamps, a few people out of focus."""
    picture = Image.new("F", (WIDTH // 2, HEIGHT // 2), room)
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(6, 16))):
        x, y = rng.uniform(0, WIDTH / 2), rng.uniform(0, HEIGHT / 2)
        w, h = rng.uniform(10, 160), rng.uniform(10, 300)
        shade = float(np.clip(room * rng.uniform(0.3, 2.2), 0, 1.1))
        shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse  # noqa: PLR2004
        shape((x - w / 2, y - h / 2, x + w / 2, y + h / 2), fill=shade)
    sharp = np.asarray(picture, np.float32)
    soft = blurred(sharp, spread(3.0, 0.0, rng))
    slope = np.linspace(rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2), WIDTH // 2, dtype=np.float32)
    return np.repeat(np.repeat(soft * slope, 2, axis=0), 2, axis=1)


def _thing(text: str | None, c: Conditions, rng: np.random.Generator) -> tuple[Light, Light, Light]:
    """Draw phone or paper face on; give its light, where it is, and where the code is on it."""
    dark = _modules(text or code_text(rng))
    side = dark.shape[0]
    margin_x, margin_y = (4 * _CELL, side // 2) if c.phone else (side, side)
    ink = c.brightness * (1 - c.contrast)
    thing = np.full((side + 2 * margin_y, side + 2 * margin_x), c.brightness, np.float32)
    code = np.zeros_like(thing)
    code[margin_y : margin_y + side, margin_x : margin_x + side] = 1
    if text is not None:
        thing[code > 0] = np.where(dark, ink, c.brightness).ravel()
    _write_lines(thing, thing.shape[0] // 2 if text is None else margin_y, ink, rng)
    if c.inverted:
        thing = c.brightness + ink - thing
    bezel = 3 * _CELL if c.phone else 0
    thing = np.pad(thing, bezel, constant_values=0.02)
    return thing, np.ones_like(thing), np.pad(code, bezel)


def _modules(text: str) -> NDArray[np.bool_]:
    matrix = segno.make(text, error="m", boost_error=False).matrix
    return np.array([list(row) for row in matrix], bool).repeat(_CELL, axis=0).repeat(_CELL, axis=1)


def _write_lines(thing: Light, top: int, ink: float, rng: np.random.Generator) -> None:
    """Put something like text above and below the code, clear of its quiet zone."""
    height, width = thing.shape
    line, clear = 2 * _CELL, 5 * _CELL
    above, below = (
        range(line, top - clear, 2 * line),
        range(height - top + clear, height - line, 2 * line),
    )
    for y in (*above, *below):
        x = line
        while x < width - line:
            word = int(rng.integers(_CELL, 8 * _CELL))
            strokes = np.arange(x, min(x + word, width - line), 6)
            thing[y : y + _CELL, strokes] = ink
            thing[y : y + _CELL, strokes + 1] = ink
            x += word + line


def _sight_lines(
    shape: tuple[int, ...], c: Conditions, rng: np.random.Generator
) -> tuple[Light, Light]:
    """For every pixel of the frame give column and row of the thing that it sees."""
    height, width = shape
    x, y = np.meshgrid(
        np.arange(WIDTH, dtype=np.float32) - WIDTH / 2 - rng.uniform(-120, 120),
        np.arange(HEIGHT, dtype=np.float32) - HEIGHT / 2 - rng.uniform(-40, 40),
    )
    focal = 1.2 * WIDTH  # a lens of some 45 degrees
    axis, tilt = rng.uniform(0, 2 * math.pi), math.radians(c.tilt_deg)
    turn = math.radians(c.turn_deg)
    # The thing's plane through (0, 0, focal), tilted about `axis`; solve for the point on it.
    lean_x, lean_y = math.tan(tilt) * math.cos(axis), math.tan(tilt) * math.sin(axis)
    depth = 1 / np.maximum(1 - (lean_x * x + lean_y * y) / focal, 0.02)  # up to the horizon
    along, across = x * depth, y * depth
    # Distances on the tilted plane are longer than their projection.
    lean = math.cos(axis) * along + math.sin(axis) * across
    longer = (1 / math.cos(tilt) - 1) * lean
    along, across = along + longer * math.cos(axis), across + longer * math.sin(axis)
    scale = _CELL / c.module_px
    u = (math.cos(turn) * along + math.sin(turn) * across) * scale
    v = (-math.sin(turn) * along + math.cos(turn) * across) * scale
    # Curl: what is off the middle is farther away, and so smaller.
    u = u * (1 + c.curl * (2 * u / width) ** 2)
    v = v * (1 + c.curl * (2 * u / width) ** 2)
    far = 1e6  # off the thing, and still an integer
    return (
        (u + width / 2).clip(-far, far).astype(np.float32),
        (v + height / 2).clip(-far, far).astype(np.float32),
    )


def _sampled(thing: Light, columns: Light, rows: Light) -> Light:
    """Look the thing up along the sight lines, four times a pixel: a pixel has an area."""
    height, width = thing.shape
    total = np.zeros(columns.shape, np.float32)
    step_u, step_v = np.gradient(columns), np.gradient(rows)
    for dx in (-0.25, 0.25):
        for dy in (-0.25, 0.25):
            u = (columns + dy * step_u[0] + dx * step_u[1]).astype(np.int32)
            v = (rows + dy * step_v[0] + dx * step_v[1]).astype(np.int32)
            inside = (u >= 0) & (u < width) & (v >= 0) & (v < height)
            total += np.where(inside, thing[v.clip(0, height - 1), u.clip(0, width - 1)], 0)
    return np.asarray(total / 4, np.float32)


def _screen_faults(c: Conditions, rng: np.random.Generator) -> Light:
    y, x = np.ogrid[0:HEIGHT, 0:WIDTH]
    phase = rng.uniform(0, 2 * math.pi, 3)
    band = 0.5 + 0.5 * np.sin(y * 2 * math.pi / rng.uniform(40, 160) + phase[0])
    beat_x = np.sin(x * 2 * math.pi / rng.uniform(2.2, 9) + y * rng.uniform(-0.2, 0.2) + phase[1])
    beat_y = np.sin(y * 2 * math.pi / rng.uniform(2.2, 9) + x * rng.uniform(-0.2, 0.2) + phase[2])
    return np.asarray((1 - c.bands * band) * (1 + c.moire * (beat_x + beat_y) / 2), np.float32)


def _reflection(mask: Light, rng: np.random.Generator) -> Light:
    """Give a soft bright spot or streak, somewhere on the thing."""
    y, x = np.ogrid[0:HEIGHT, 0:WIDTH]
    where = np.argwhere(mask > 0.5)  # noqa: PLR2004  (half of a pixel)
    cy, cx = where[rng.integers(len(where))] if len(where) else (HEIGHT / 2, WIDTH / 2)
    long, short, turn = rng.uniform(60, 300), rng.uniform(15, 60), rng.uniform(0, math.pi)
    a = ((x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)) / long
    b = ((y - cy) * math.cos(turn) - (x - cx) * math.sin(turn)) / short
    return np.exp(-(a**2 + b**2)).astype(np.float32)


def _covered(light: Light, code_area: Light, c: Conditions, rng: np.random.Generator) -> Light:
    """Lay a thumb over the middle of one edge of the code: the corners hold its finder patterns."""
    if not c.covered:
        return light
    rows, columns = np.where(code_area > 0.5)  # noqa: PLR2004
    if not len(rows):
        return light
    side = c.module_px * 49
    cx, cy = columns.mean(), rows.mean()
    angle = math.radians(c.turn_deg) + math.pi / 2 * int(rng.integers(4))
    reach = side / 2 - c.covered * side
    y, x = np.ogrid[0:HEIGHT, 0:WIDTH]
    along = (x - cx) * math.cos(angle) + (y - cy) * math.sin(angle) - reach
    across = (y - cy) * math.cos(angle) - (x - cx) * math.sin(angle)
    width = 0.11 * side
    thumb = across**2 + np.minimum(0, along - width) ** 2 < width**2
    return np.where(thumb, np.float32(0.6 * c.room), light)
