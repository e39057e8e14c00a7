"""A slip in the making: what stands on it, before it is known how it gets onto the paper.

A slip is set in one hand. Where the printer has every character, that is its own type: quick,
crisp, and the same on each printer. Where it lacks one, every line is drawn: a sentence in two
typefaces, or half of a table, looks like a fault. The number is the printer's own wherever it can
be, for it can always set it.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from appliance import paper
from appliance.display.slip_letters import Letters
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from appliance.display.slip_drawn import Drawn

log = logging.getLogger(__name__)

Row = tuple[str, str]

LARGEST: Final = 8
_FIXED_SPACE: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Line:
    """A text in the middle, on as many lines as it needs.

    Args:
        text: What it says; broken where it breaks, and where a line is full.
        size: As `paper.Text.size`.
        bold: Heavier strokes.
        band: White on black, from edge to edge.
    """

    text: str
    size: int = 1
    bold: bool = False
    band: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Labels, and the values beside them; as a whole it stands in the middle."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Small things side by side, or below each other where the paper is narrow."""

    facts: tuple[str, ...]


Item = Line | Table | Facts | paper.Element


class Hand(Protocol):
    """A way in which texts get onto the paper."""

    def fits(self, text: str) -> bool:
        """Whether a text of normal size stands on one line."""

    def lines(self, line: Line) -> Iterable[paper.Element]:
        """Set a text in the middle."""

    def table(self, rows: Sequence[Row]) -> Iterable[paper.Element]:
        """Set labels and values."""


class Compositor:
    """Sets slips for one printer.

    Args:
        press: What the printer can do by itself.
        draw: Gives what draws, on so many dots, where it cannot. Called when that is needed, if
            ever: it takes a good part of a second to load, and a desk shall be up in no time.
    """

    def __init__(self, press: paper.Press, draw: Callable[[int], Drawn]) -> None:
        self.columns = press.columns
        self._press = press
        self._letters = Letters(press.columns)
        self._draw = draw
        self._drawn: Drawn | None = None

    def set(self, items: Sequence[Item]) -> paper.Slip:
        """Set what stands on a slip, from the top to the cut."""
        tidied = [_tidied(item) for item in items]
        said = "".join(text for item in tidied for text in _texts(item)).replace(_FIXED_SPACE, " ")
        if not self._press.sets(said):
            try:
                self._drawn = self._drawn or self._draw(self._press.dots)
                self._drawn.begin(said)
                return self._set(tidied, self._drawn)
            except LobbyError as error:
                # A slip with gaps is better than none: the number at least is whole.
                log.error("a slip is set with gaps: %s", error)  # noqa: TRY400  (one line)
        return self._set(tidied, self._letters)

    def _set(self, items: Iterable[Item], hand: Hand) -> paper.Slip:
        return tuple(element for item in items for element in _elements(item, hand))


class Sheet:
    """What stands on a slip, put down from the top to the bottom.

    Args:
        columns: Characters on a line.
    """

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._items: list[Item] = []

    def center(self, text: str, *, size: int = 1, bold: bool = False) -> None:
        """A text in the middle; nothing where there is none."""
        if text:
            self._items.append(Line(text, size, bold))

    def large(self, text: str) -> None:
        """As large as fits on one line."""
        size = max(1, min(LARGEST, self._columns // max(1, len(text))))
        self._items.append(paper.Text(text, size=size, align=paper.Align.CENTER))

    def band(self, text: str, size: int = 2) -> None:
        """White on black, from edge to edge."""
        self._items.append(Line(text, size, bold=True, band=True))

    def table(self, *rows: Row) -> None:
        """Labels, and the values beside them."""
        self._items.append(Table(rows))

    def facts(self, *facts: str) -> None:
        """Small things side by side, or below each other."""
        self._items.append(Facts(facts))

    def rule(self) -> None:
        """A line across the paper."""
        self._items.append(paper.Rule())

    def gap(self) -> None:
        """A line of white."""
        self._items.append(paper.Feed())

    def qr(self, data: str, caption: str) -> None:
        """A QR code, and above it what it is for."""
        self.center(caption)
        # Printers draw no quiet zone: it is the white above and below.
        self.gap()
        self._items.append(paper.Qr(data))

    def cut(self) -> Sequence[Item]:
        """Give what was put down, with the end of the slip."""
        return (*self._items, paper.Feed(), paper.Cut())


def _elements(item: Item, hand: Hand) -> Iterable[paper.Element]:
    match item:
        case Line():
            return hand.lines(item)
        case Table(rows):
            return hand.table(rows)
        case Facts(facts):
            line = " · ".join(facts)
            return hand.lines(Line(line if hand.fits(line) else "\n".join(facts)))
        case _:
            return (item,)


def _texts(item: Item) -> Iterable[str]:
    """Give the texts of an item that could be set in either hand."""
    match item:
        case Line(text):
            # Where a text breaks is no sign.
            return text.splitlines()
        case Table(rows):
            return [text for row in rows for text in row]
        case Facts(facts):
            return [*facts, "·"]
        case _:
            return ()


def _tidied(item: Item) -> Item:
    """Make one sign of a letter and its accent: code pages and fonts have such signs only."""
    match item:
        case Line(text) | paper.Text(text):
            return replace(item, text=_composed(text))
        case Table(rows):
            return Table(tuple((_composed(label), _composed(value)) for label, value in rows))
        case Facts(facts):
            return Facts(tuple(map(_composed, facts)))
        case _:
            return item


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
