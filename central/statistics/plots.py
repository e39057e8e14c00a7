"""Bars, drawn by matplotlib, which is imported nowhere else.

Each bar bears its figure, so that nobody has to measure with the eye and no grid is needed. What is
hidden or not known has no bar, and says so. Dark and light differ in print and for the colour-blind
too; a bar of a day that is not all there is hatched.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Patch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

INK, QUIET, LINE = "#14201b", "#47534d", "#cdd5d0"
DARK, LIGHT = "#00543d", "#8fbfa9"
WIDTH_IN, HEIGHT_IN = 7.2, 2.9
PNG_DPI = 200
SIZE = 10
TITLE_SIZE = 13
ROOM = 1.16
"""Above the highest bar, for its figure."""
BESIDE = 0.4
ALONE = 0.62


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        height: None: there is none.
        figure: What stands above it, or in its place.
        whole: Whether all is there of what it shows.
    """

    height: int | None
    figure: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Args:
        title: Above it, where it stands alone.
        groups: Name below → bars side by side.
        legend: What these are; empty: there is one in each group.
        unfinished: What hatching means.
        aim: A line at this height, and what is written at it.
        top: The axis ends there; None: above the highest bar.
    """

    title: str
    groups: Mapping[str, Sequence[Bar]]
    legend: Sequence[str] = ()
    unfinished: str = ""
    aim: tuple[int, str] | None = None
    top: int | None = None


def svg(chart: Chart) -> bytes:
    """Draw for a page, which has a heading of its own."""
    return _drawn(chart, "svg", titled=False)


def png(chart: Chart) -> bytes:
    """Draw for whoever puts it into a document."""
    return _drawn(chart, "png", titled=True)


def _drawn(chart: Chart, form: str, *, titled: bool) -> bytes:
    out = io.BytesIO()
    # The same picture from the same figures: it can be compared, and says nothing of when it was
    # made.
    with rc_context({"svg.hashsalt": "lobby", "svg.fonttype": "path", "hatch.linewidth": 1.2}):
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN + 0.3 * titled), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, chart)
        if titled:
            figure.suptitle(
                chart.title, x=0.01, ha="left", fontsize=TITLE_SIZE, fontweight="bold", color=INK
            )
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=PNG_DPI, facecolor="white", metadata=metadata)
    return out.getvalue()


def _draw(axes: Axes, chart: Chart) -> None:
    groups = list(chart.groups.values())
    side_by_side = max((len(bars) for bars in groups), default=1)
    width = ALONE if side_by_side == 1 else BESIDE
    for number in range(side_by_side):
        bars = [bars[number] for bars in groups]
        places = [at + (number - (side_by_side - 1) / 2) * width for at in range(len(groups))]
        colour = DARK if number == 0 else LIGHT
        label = chart.legend[number] if chart.legend else None
        heights = [bar.height or 0 for bar in bars]
        drawn = axes.bar(places, heights, width * 0.92, color=colour)
        if label is not None:
            # A key of its own: the first bar may be hatched.
            axes.bar([0], [0], color=colour, label=label)
        _mark(axes, drawn, bars, colour)
    _frame(axes, chart)


def _mark(axes: Axes, drawn: BarContainer, bars: Sequence[Bar], colour: str) -> None:
    """Write figures, and show what is not whole."""
    axes.bar_label(
        drawn, [bar.figure for bar in bars], padding=2, fontsize=SIZE, color=INK, fontweight="bold"
    )
    for patch, bar in zip(drawn.patches, bars, strict=True):
        if not bar.whole:
            patch.set(facecolor="white", edgecolor=colour, hatch="///", linewidth=1)


def _frame(axes: Axes, chart: Chart) -> None:
    highest = max((bar.height or 0 for bars in chart.groups.values() for bar in bars), default=0)
    axes.set_ylim(0, chart.top or max(1, highest) * ROOM)
    axes.set_xticks(range(len(chart.groups)), list(chart.groups))
    axes.tick_params(axis="x", length=0, labelsize=SIZE, colors=INK)
    axes.yaxis.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    if chart.aim is not None:
        height, what = chart.aim
        axes.axhline(height, color=QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            what,
            (1, height),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SIZE - 1,
            color=QUIET,
            annotation_clip=False,
        )
    handles = list(axes.get_legend_handles_labels()[0]) if chart.legend else []
    if not all(bar.whole for bars in chart.groups.values() for bar in bars):
        hatched = Patch(
            facecolor="white", edgecolor=QUIET, hatch="////", linewidth=1, label=chart.unfinished
        )
        handles.append(hatched)
    if handles:
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(handles),
            frameon=False,
            fontsize=SIZE,
            borderaxespad=0,
            handlelength=1,
            handleheight=1,
            labelcolor=INK,
        )
