"""Setting a slip in the printer's own characters, all of one width: it is counting, no more."""

from __future__ import annotations

import re
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from appliance import paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appliance.display.slip_sheet import Line, Row

_FIXED_SPACE: Final = "\u00a0"
_GUTTER: Final = 2
_BAND_MARGIN: Final = 2


class Letters:
    """Sets lines of `columns` characters; see `Hand`."""

    def __init__(self, columns: int) -> None:
        self._columns = columns

    def fits(self, text: str) -> bool:
        """Whether a text of normal size stands on one line."""
        return len(text) <= self._columns

    def lines(self, line: Line) -> Iterator[paper.Element]:
        """Set a text in the middle, smaller where a word would have to be broken."""
        longest = max(map(len, line.text.replace(_FIXED_SPACE, " ").split()), default=1)
        margin = _BAND_MARGIN if line.band else 0
        size = max(1, min(line.size, self._columns // (longest + margin)))
        width = self._columns // size
        if line.band:
            for text in _wrapped(line.text, width - margin):
                yield paper.Text(text.center(width), size, bold=line.bold, invert=True)
            return
        for part in line.text.splitlines():
            for text in _balanced(part, width):
                yield paper.Text(text, size, bold=line.bold, align=paper.Align.CENTER)

    def table(self, rows: Sequence[Row]) -> Iterator[paper.Element]:
        """Set labels and values."""
        label = max(len(label) for label, _ in rows) + _GUTTER
        cells = [(name, _wrapped(value, self._columns - label)) for name, value in rows]
        width = label + max(len(line) for _, lines in cells for line in lines)
        indent = " " * ((self._columns - width) // 2)
        for name, lines in cells:
            for beside, line in zip_longest([name], lines, fillvalue=""):
                yield paper.Text(f"{indent}{beside:<{label}}{line}")


def _wrapped(text: str, width: int) -> list[str]:
    """Break where the text does, and between words where a line is full; words only at worst."""
    parts = [textwrap.wrap(part, width, break_on_hyphens=False) for part in text.splitlines()]
    return [line.replace(_FIXED_SPACE, " ") for part in parts for line in part] or [""]


def _balanced(text: str, width: int) -> list[str]:
    """The same, in lines of about equal length: nobody's last word stands alone."""
    lines = _wrapped(text, width)
    # What a fixed space holds together is one word here.
    longest = max(map(len, re.split(r"[^\S\u00a0]+", text)))
    for narrower in range(max(longest, len(text) // len(lines)), width):
        even = _wrapped(text, narrower)
        if len(even) == len(lines):
            return even
    return lines
