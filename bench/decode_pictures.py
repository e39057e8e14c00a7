"""The pictures of docs/decoding.md: what was shown, what was read, what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bench.charts import INK, PAPER
from bench.faults import made

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ACROSS: Final = 4
TILE: Final = (288, 162)
GREYS: Final = 24
GAP, LINE = 12, 30
SHOWN: Final = 3
"""Number of the frame that stands for its kind."""

WIDTH, MARGIN, TOP, ROW = 1200, 30, 110, 34
COLOURS: Final = ("#9aa5b1", "#c9641f", "#0b6e4f")
GRID: Final = "#d5d9de"


class _Panel(NamedTuple):
    """A part of the plot, from 0 at its left to the most at its right."""

    left: int
    right: int

    def x(self, part: float) -> float:
        return self.left + (self.right - self.left) * part


READS: Final = _Panel(190, 730)
TIMES: Final = _Panel(810, 1160)


def draw(
    folder: Path,
    readers: Sequence[str],
    shares: Mapping[str, Sequence[float]],
    times: Mapping[str, Sequence[float]],
) -> None:
    """Write the two pictures.

    Args:
        folder: Where they go.
        readers: Names of the readers, ours last.
        shares: Name of the frames → per cent read, by reader.
        times: Name of the frames → milliseconds for one, by reader.
    """
    _plot(readers, shares, times).save(folder / "decoding.png", optimize=True)
    _sheet(list(shares)).save(folder / "decoding-frames.png", optimize=True)


def _plot(
    readers: Sequence[str],
    shares: Mapping[str, Sequence[float]],
    times: Mapping[str, Sequence[float]],
) -> Image.Image:
    """Draw a row for each kind of frames: what was read at the left, what it took at the right."""
    bottom = TOP + ROW * len(shares)
    picture = Image.new("RGB", (WIDTH, bottom + MARGIN), PAPER)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(17)
    for place, reader in enumerate(readers):
        x = READS.left + 200 * place
        _mark(pen, place, x, MARGIN)
        pen.text((x + 20, MARGIN), reader, INK, font, anchor="lm")
    most_ms = max(max(each) for each in times.values())
    for panel, most, step, unit in ((READS, 100, 25, " %"), (TIMES, most_ms, 10, " ms")):
        for value in range(0, int(most) + 1, step):
            at = panel.x(value / most)
            pen.line([at, TOP - ROW // 2, at, bottom - ROW // 2], GRID)
            pen.text((at, TOP - ROW), f"{value}{unit}", INK, font, anchor="mb")
    for row, name in enumerate(shares):
        y = TOP + ROW * row
        pen.text((MARGIN, y), name, INK, font, anchor="lm")
        for place in range(len(readers)):
            _mark(pen, place, READS.x(shares[name][place] / 100), y)
            _mark(pen, place, TIMES.x(times[name][place] / most_ms), y)
    return picture


def _mark(pen: ImageDraw.ImageDraw, place: int, x: float, y: float) -> None:
    """Draw a reader's mark: a square, a dot, a ring, so that they are seen on top of each other."""
    colour = COLOURS[place]
    match place:
        case 0:
            pen.rectangle([x - 7, y - 7, x + 7, y + 7], colour)
        case 1:
            pen.ellipse([x - 5, y - 5, x + 5, y + 5], colour)
        case _:
            pen.ellipse([x - 11, y - 11, x + 11, y + 11], outline=colour, width=4)


def _sheet(names: Sequence[str]) -> Image.Image:
    """Draw a frame of each kind, with its name below."""
    width, height = TILE[0] + GAP, TILE[1] + LINE + GAP
    rows = -(-len(names) // ACROSS)
    sheet = Image.new("L", (ACROSS * width + GAP, rows * height + GAP), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(18)
    for place, name in enumerate(names):
        x, y = GAP + place % ACROSS * width, GAP + place // ACROSS * height
        view = Image.fromarray(made(name, SHOWN)[1])
        sheet.paste(view.resize(TILE, Image.Resampling.BOX), (x, y))
        pen.text((x, y + TILE[1] + 4), name, INK, font)
    return sheet.quantize(GREYS)
