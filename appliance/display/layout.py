"""Where things stand on a screen: one description for every size, landscape and portrait.

Sizes are in units: one is a 1080th of the shorter side of a 16 : 9 screen. A screen of another
shape gives what it has more of to the parts below the large place.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import msgspec

SHORT_SIDE = 1080
LONG_SIDE = 1920
MARGIN = 64
GUTTER = 76


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are outside, as in Pillow."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Its height."""
        return self.bottom - self.top

    def moved(self, x: int, y: int) -> Box:
        """Give the same rectangle elsewhere."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def inset(self, x: float, y: float = 0.0) -> Box:
        """Give what is left without a margin of `x` at the sides and `y` above and below."""
        return Box(
            self.left + round(x),
            self.top + round(y),
            max(self.left + round(x), self.right - round(x)),
            max(self.top + round(y), self.bottom - round(y)),
        )

    def split_top(self, height: float) -> tuple[Box, Box]:
        """Cut into an upper part of `height`, and the rest."""
        cut = min(self.bottom, self.top + round(height))
        return self._replace(bottom=cut), self._replace(top=cut)

    def split_left(self, width: float) -> tuple[Box, Box]:
        """Cut into a left part of `width`, and the rest."""
        cut = min(self.right, self.left + round(width))
        return self._replace(right=cut), self._replace(left=cut)

    def columns(self, shares: tuple[float, ...]) -> tuple[Box, ...]:
        """Cut into columns by their shares of the width, without gaps."""
        edges = self._edges(self.left, self.width, shares)
        return tuple(
            self._replace(left=left, right=right) for left, right in itertools.pairwise(edges)
        )

    def rows(self, shares: tuple[float, ...]) -> tuple[Box, ...]:
        """Cut into rows by their shares of the height, without gaps."""
        edges = self._edges(self.top, self.height, shares)
        return tuple(
            self._replace(top=top, bottom=bottom) for top, bottom in itertools.pairwise(edges)
        )

    def overlaps(self, other: Box) -> bool:
        """Tell whether the two share a pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Tell whether `other` lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    @staticmethod
    def _edges(start: int, length: int, shares: tuple[float, ...]) -> list[int]:
        total, run, edges = sum(shares), 0.0, [start]
        for share in shares:
            run += share
            edges.append(start + round(length * run / total))
        return edges


class Part(NamedTuple):
    """A part of the screen.

    Args:
        tile: What it covers; tiles do not overlap.
        content: Where its text stands, in the tile's own pixels: the tile without its margins.
    """

    tile: Box
    content: Box


class Layout(msgspec.Struct, frozen=True):
    """The parts of a board, in pixels of the screen.

    Args:
        unit: One unit, in pixels.
        screen: All of it.
        head: Office, lobby, clock.
        place: The large place, for the current call: at least a third of the screen.
        foot: How many wait; signs of trouble.
        whole: Large place and everything below it, for a board that has nothing to list.
        last: The calls before it.
        next: Who comes next.
        waits: Waits per service.
        notice: What the person at the kiosk is told, over the lists: the calls stay in sight.
        words: What a board says that has nothing to list, while it tells something too.
        notice_below: That, below it.
    """

    unit: float
    screen: Part
    head: Part
    place: Part
    foot: Part
    whole: Part
    last: Part
    next: Part
    waits: Part
    notice: Part
    words: Part
    notice_below: Part


def arrange(size: tuple[int, int]) -> Layout:
    """Give the layout for a screen of `size` (width, height) in pixels."""
    width, height = size
    screen = Box(0, 0, width, height)
    wide = width >= height
    unit = (
        min(width / LONG_SIDE, height / SHORT_SIDE)
        if wide
        else min(width / SHORT_SIDE, height / LONG_SIDE)
    )
    head, rest = screen.split_top((104 if wide else 150) * unit)
    whole, foot = rest.split_top(rest.height - (72 if wide else 88) * unit)
    place, lists = whole.split_top((0.385 if wide else 0.36) * height)
    if wide:
        last, next_, waits = _columns(lists, (25, 33, 42), unit)
        notice, words, below = lists._replace(left=next_.tile.left), place, lists
    else:
        upper, lower = lists.rows((50, 50))
        last, next_ = _columns(upper, (42, 58), unit)
        (waits,) = _columns(lower, (1,), unit)
        notice, words, below = lower, place._replace(bottom=lower.top), lower

    def full(box: Box) -> Part:
        return _columns(box, (1,), unit)[0]

    return Layout(
        unit,
        full(screen),
        full(head),
        full(place),
        full(foot),
        full(whole),
        last,
        next_,
        waits,
        full(notice),
        full(words),
        full(below),
    )


def _columns(box: Box, shares: tuple[float, ...], unit: float) -> tuple[Part, ...]:
    """Cut into columns whose contents keep the margin and the gutters."""
    margin, gutter = round(MARGIN * unit), round(GUTTER * unit)
    inner = Box(box.left + margin, box.top, box.right - margin, box.bottom)
    usable = inner._replace(right=inner.right - gutter * (len(shares) - 1))
    parts = []
    left = box.left
    for position, column in enumerate(usable.columns(shares)):
        content_left = column.left + gutter * position
        content_right = column.right + gutter * position
        last = position == len(shares) - 1
        tile = box._replace(left=left, right=box.right if last else content_right + gutter // 2)
        content = Box(content_left - left, 0, content_right - left, box.height)
        parts.append(Part(tile, content))
        left = tile.right
    return tuple(parts)
