"""A line of several scripts, cut into runs: pieces of one direction that one font can draw.

No font has every script, and Pillow draws a text in one font only. Where a line is cut has to be
known before it is shaped, so the order from left to right is found here and not by raqm: a text
whose first letter runs from right to left does so as a whole, and what is Latin in it, or a figure,
is a piece that runs from left to right. That differs from Unicode's rules (UAX 9) in one point, on
purpose: `1. OG 112` inside an Arabic sentence stays in one piece, where the rules would put its
`1.` at the other end. Facts are names of places here, and are never of two directions.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from PIL import ImageFont

from appliance.display.text import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NO_CHARACTER = "\uffff"
_PROBE_PX = 24
_BACKWARDS = frozenset({"R", "AL", "AN"})


class Characters:
    """Which characters a font has, as far as anybody asked.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        # Pillow tells of no font what it has: what it lacks is drawn as a box, always the same.
        self._font = ImageFont.truetype(path, _PROBE_PX, layout_engine=ImageFont.Layout.BASIC)
        self._box = bytes(self._font.getmask(_NO_CHARACTER))
        self._known: dict[str, bool] = {}

    def has(self, sign: str) -> bool:
        """Tell whether it has this character."""
        if sign not in self._known:
            self._known[sign] = bytes(self._font.getmask(sign)) != self._box
        return self._known[sign]


def runs_backwards(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left (UAX 9, P2)."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((each in {"R", "AL"} for each in directions if each in {"L", "R", "AL"}), False)


def cut(text: str, fonts: Sequence[Characters], *, rtl: bool) -> list[Run]:
    """Cut a line into runs, in the order in which they stand from left to right.

    Args:
        text: The line.
        fonts: What there is to draw with; the first that has a sign draws it.
        rtl: The line as a whole runs from right to left.
    """
    return [
        run
        for piece, backwards in _pieces(text, rtl=rtl)
        for run in _by_font(piece, fonts, backwards)
    ]


def _pieces(text: str, *, rtl: bool) -> list[tuple[str, bool]]:
    """Cut by direction; give each piece and whether it runs backwards, from left to right."""
    sides = _sides(text, rtl=rtl)
    if not text:
        return []
    starts = [at for at in range(len(text)) if not at or sides[at] != sides[at - 1]]
    pieces = [
        (text[begin:end], sides[begin])
        for begin, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]
    if rtl:
        return pieces[::-1]
    # Figures between two words that run backwards belong to them, and so does their order.
    return [
        each
        for piece, backwards in pieces
        for each in (_pieces(piece, rtl=True) if backwards else [(piece, False)])
    ]


def _sides(text: str, *, rtl: bool) -> list[bool]:
    """Give for each sign whether it runs backwards; what has no side takes that of both neighbours.

    Where they differ, or there is none, it takes the line's own.
    """
    sides: list[bool | None] = []
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in _BACKWARDS:
            sides.append(True)
        elif kind == "L" or (kind == "EN" and rtl):
            sides.append(False)
        elif kind == "NSM" and sides:
            sides.append(sides[-1])
        else:
            sides.append(None)
    before: list[bool] = []
    for side in sides:
        before.append(side if side is not None else (before[-1] if before else rtl))
    after: list[bool] = []
    for side in reversed(sides):
        after.append(side if side is not None else (after[-1] if after else rtl))
    return [
        one if one == other else rtl for one, other in zip(before, reversed(after), strict=True)
    ]


def _by_font(piece: str, fonts: Sequence[Characters], backwards: bool) -> Iterator[Run]:  # noqa: FBT001  (a fact of the piece)
    """Cut a piece by font. A font goes on for as long as it has what comes."""
    found: list[Run] = []
    for sign in piece:
        current = found[-1] if found else None
        if current and (fonts[current.font].has(sign) or unicodedata.combining(sign)):
            found[-1] = current._replace(text=current.text + sign)
            continue
        font = next((place for place, each in enumerate(fonts) if each.has(sign)), None)
        if font is None and current:
            found[-1] = current._replace(text=current.text + sign)
        else:
            found.append(Run(sign, font or 0, backwards))
    return reversed(found) if backwards else iter(found)
