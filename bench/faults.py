"""Frames by name: of a grade, or easy ones with one fault; the same ones everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.frames import GRADES, code_text, draw_conditions, frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.drivers.camera import Luma
    from bench.frames import Conditions

    Fault = Callable[[Conditions, np.random.Generator], Conditions]

SEED: Final = 20_161_205

FAULTS: Final[dict[str, Fault]] = {
    "dim": lambda c, rng: replace(
        c, brightness=rng.uniform(0.03, 0.2), room=rng.uniform(0.02, 0.1)
    ),
    "small": lambda c, rng: replace(c, module_px=rng.uniform(2.0, 3.2)),
    "out of focus": lambda c, rng: replace(c, defocus_px=rng.uniform(0.6, 1.0) * c.module_px),
    "moved": lambda c, rng: replace(c, motion_px=rng.uniform(1.4, 2.4) * c.module_px),
    "grainy": lambda c, rng: replace(c, noise=rng.uniform(15, 45)),
    "glare": lambda c, rng: replace(c, glare=rng.uniform(0.8, 2.0)),
    "faint": lambda c, rng: replace(c, contrast=rng.uniform(0.05, 0.3)),
    "banded": lambda c, rng: replace(c, phone=True, curl=0, bands=rng.uniform(0.5, 0.95)),
    "moire": lambda c, rng: replace(c, phone=True, curl=0, moire=rng.uniform(0.3, 0.8)),
    "curled": lambda c, rng: replace(c, phone=False, inverted=False, curl=rng.uniform(0.3, 0.9)),
    "tilted": lambda c, rng: replace(c, tilt_deg=rng.uniform(45, 65)),
    "inverted": lambda c, _: replace(c, phone=True, curl=0, inverted=True),
    "covered": lambda c, rng: replace(c, covered=rng.uniform(0.1, 0.25)),
}
"""Each is an easy frame with one thing wrong."""


def made(name: str, number: int) -> tuple[str, Luma]:
    """Make the frame of this number, of a grade or with a fault; give its text, too."""
    rng = np.random.default_rng([SEED, [*GRADES, *FAULTS].index(name), number])
    conditions = draw_conditions(name if name in GRADES else "easy", rng)
    if name in FAULTS:
        conditions = FAULTS[name](conditions, rng)
    text = code_text(rng)
    return text, frame(text, conditions, rng)
