"""Whether something is read where nothing stands: no text may be made up.

    python -m bench.wrong_text [--frames N]

Halls, letters, greys and bare noise, with grain of all strengths; and what is nearest to a wrong
text, codes in which some modules have changed sides. Those may be read as what they were, never as
something else. Gives 1 if anything was.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import numpy as np
import segno

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.pictures import held_up
from bench.faults import SEED
from bench.frames import HEIGHT, WIDTH, code_text, draw_conditions, frame, hall
from bench.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.drivers.camera import Luma

VIEWS: Final = 24
"""So many different halls and letters in a piece of work: shifted, turned, with another grain."""

PIECE: Final = 500


def frames(piece: int, count: int) -> Iterator[tuple[Luma, str | None]]:
    """Give frames of a piece of work, and what may be read in them at most."""
    rng = np.random.default_rng([SEED, piece])
    empty = [hall(rng, room=rng.uniform(0.02, 0.9), noise=1.0) for _ in range(VIEWS // 2)]
    print_only = [frame(None, draw_conditions("middle", rng), rng) for _ in range(VIEWS // 2)]
    for number in range(count):
        match number % 10:
            case 0:
                yield rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8), None
            case 1:
                yield grained(np.full((HEIGHT, WIDTH), rng.integers(256), np.uint8), rng), None
            case 2 | 3:
                text = code_text(rng)
                view = held_up(changed(text, rng), empty[number % len(empty)])
                yield grained(view, rng), text
            case 4 | 5 | 6:
                yield grained(moved(print_only[number % len(print_only)], rng), rng), None
            case _:
                yield grained(moved(empty[number % len(empty)], rng), rng), None


def changed(text: str, rng: np.random.Generator) -> Luma:
    """Draw a code of which up to a third of the modules have changed sides, but for its corners."""
    matrix = np.array([list(row) for row in segno.make(text, error="m").matrix], np.uint8)
    spoiled = rng.random(matrix.shape) < rng.uniform(0.002, 0.35)
    for rows, columns in ((slice(0, 9), slice(0, 9)), (slice(0, 9), slice(-9, None))):
        spoiled[rows, columns] = spoiled[columns, rows] = False
    module_px = int(rng.integers(3, 9))
    light = np.pad(1 - (matrix ^ spoiled), 4, constant_values=1)
    return np.where(light.repeat(module_px, 0).repeat(module_px, 1), 220, 30).astype(np.uint8)


def moved(view: Luma, rng: np.random.Generator) -> Luma:
    """Shift a view, and perhaps turn it round."""
    shifted = np.roll(view, tuple(int(step) for step in rng.integers(0, 700, 2)), (0, 1))
    return shifted[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]


def grained(view: Luma, rng: np.random.Generator) -> Luma:
    """Add grain, from none to more than a camera has."""
    grain = rng.standard_normal(view.shape, np.float32) * rng.uniform(0, 30)
    return np.asarray((view + grain).clip(0, 255), np.uint8)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a piece of work.

    Args:
        made_up: Texts that do not stand there.
        read: Spoiled codes that were read as what they were.
        broken: Frames without a code that were taken for one that can't be read.
    """

    made_up: list[str]
    read: int
    broken: int


def look(piece: int, count: int) -> Found:
    """Look at a piece's frames."""
    decoder = TwoDecoders()
    made_up: list[str] = []
    read = broken = 0
    for view, text in frames(piece, count):
        seen = decoder.look(view)
        made_up += seen.texts - {text}
        read += text in seen.texts
        broken += seen.broken and text is None
    return Found(made_up, read, broken)


def main() -> int:
    """Print how often something was read that does not stand there."""
    parser = argparse.ArgumentParser(prog="python -m bench.wrong_text", description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    pieces = max(1, parser.parse_args().frames // PIECE)
    limits = Limits()
    made_up = read = broken = 0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for number, found in enumerate(pool.map(look, range(pieces), repeat(PIECE)), start=1):
            for text in found.made_up:
                print(f"made up: {text!r}")
            made_up += len(found.made_up)
            read += found.read
            broken += found.broken
            print(
                f"{number * PIECE} frames, {read} spoiled codes read, {made_up} made up", flush=True
            )
    limits.most("texts that are not there", made_up, 0, "")
    limits.most("taken for a broken code", broken, None, "")
    return limits.exit_code


if __name__ == "__main__":
    sys.exit(main())
