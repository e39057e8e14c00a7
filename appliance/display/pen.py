"""What every part of the board is drawn with: type, colours, the unit, the languages and the signs.

The first language is set bold, the second beside or below it, lighter and smaller: one reads the
own one without searching.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from PIL.Image import Image

from appliance.display.canvas import Align, Canvas
from appliance.display.fonts import Weight
from appliance.display.text import Line, Typesetter, clean
from appliance.display.theme import Colour, Theme
from appliance.strings import Texts

if TYPE_CHECKING:
    from appliance.display.layout import Box

SECOND = 0.82
"""The second language, in capitals of the first."""
LEADING = 1.8
"""From baseline to baseline, in capitals."""
LEADING_BACKWARDS = 2.4
"""The same for Arabic and Hebrew, whose letters reach further up and down."""
TITLE_CAP = 25
TITLE_HEIGHT = 84


class ServiceSign(msgspec.Struct, frozen=True):
    """How a service is shown.

    Args:
        letter: First character of its numbers.
        names: Language → its plain name.
    """

    letter: str
    names: Mapping[str, str]


class Signs(msgspec.Struct, frozen=True):
    """What the board says that does not change during the day.

    Args:
        office: Name of the office.
        lobby: Name of the waiting area.
        texts: The languages; the first is always there and the larger, one of the others beside it.
        services: Code → sign, in the order in which they are listed.
        places: Counter → where it is, such as `1. OG`, `→` or `↑ Raum 112`.
    """

    office: str
    lobby: str
    texts: tuple[Texts, ...]
    services: Mapping[str, ServiceSign] = msgspec.field(default_factory=dict)
    places: Mapping[str, str] = msgspec.field(default_factory=dict)


def leading(line: Line) -> float:
    """Give the height of a line's row, in capitals."""
    return LEADING_BACKWARDS if line.rtl else LEADING


class Pen(msgspec.Struct, frozen=True):
    """Draws text of the board's sizes.

    Args:
        setter: Sets lines.
        theme: Colours.
        unit: Pixels of one unit.
        signs: What is said.
        beside_it: Which of the other languages stands beside the first; they take turns.
        logo: Of the office, in its size; None: none.
    """

    setter: Typesetter
    theme: Theme
    unit: float
    signs: Signs
    beside_it: int = 0
    logo: Image | None = None

    @property
    def spoken(self) -> tuple[Texts, ...]:
        """The first language, and the one that stands beside it now, if there is any."""
        first, *others = self.signs.texts
        return (first, others[self.beside_it % len(others)]) if others else (first,)

    def u(self, units: float) -> float:
        """Give `units` in pixels."""
        return units * self.unit

    def say(self, key: str, **facts: object) -> tuple[str, str]:
        """Give the board's text in the first and the second language.

        The second is "" if there is none, or if it says the same.
        """
        first, *rest = self.spoken
        main = first(f"board.{key}", **facts)
        second = rest[0](f"board.{key}", **facts) if rest else ""
        return main, second if second != main else ""

    def choose(self, words: Mapping[str, str]) -> tuple[str, str]:
        """Give `words` in the first and the second language.

        A word that is missing in the first is taken from any; in the second it is left out, as is
        one that says the same.
        """
        first, *rest = (texts.language for texts in self.spoken)
        main = words.get(first) or next(iter(words.values()), "")
        second = words.get(rest[0], "") if rest else ""
        return main, second if second != main else ""

    def bold(self, text: str, cap: float, width: float, least: float | None = None) -> Line:
        """Set `text` bold, capitals `cap` units high, at most `width` pixels wide."""
        return self.setter.line(text, Weight.BOLD, self.u(cap), width, least_cap=self._least(least))

    def plain(self, text: str, cap: float, width: float, least: float | None = None) -> Line:
        """Set `text` in normal strokes, the same way."""
        return self.setter.line(
            text, Weight.REGULAR, self.u(cap), width, least_cap=self._least(least)
        )

    def wrapped(
        self, text: str, cap: float, width: float, most: int, least: float
    ) -> tuple[Line, ...]:
        """Set `text` bold on at most `most` lines; what is too long smaller, down to `least`."""
        one = self.bold(text, cap, width, least)
        if one.text == clean(text) or most == 1:
            return (one,)
        return self.setter.paragraph(text, Weight.BOLD, self.u(least), width, most)

    def _least(self, least: float | None) -> float | None:
        return None if least is None else self.u(least)

    def beside(
        self,
        canvas: Canvas,
        words: tuple[str, str],
        at: tuple[float, float],
        width: float,
        cap: float,
        colours: tuple[Colour, Colour],
    ) -> float:
        """Put both languages on one baseline, the second after the first; give their right end.

        The second is a fifth smaller. Where there is no room for all of it, the first stands alone.
        """
        x, baseline = at
        main = self.bold(words[0], cap, width, cap * 0.7)
        canvas.text(main, x, baseline, colours[0])
        x += main.width
        gap = self.u(cap * 0.6)
        left = width - main.width - gap
        if not words[1] or left < self.u(cap * 3):
            return x
        second = self.plain(words[1], cap * SECOND, left, cap * SECOND * 0.8)
        if second.text != clean(words[1]):
            return x
        canvas.text(second, x + gap, baseline, colours[1])
        return x + gap + second.width

    def titled(self, canvas: Canvas, key: str) -> Box:
        """Write a list's title over a rule; give the room below."""
        head, rest = canvas.content.split_top(self.u(TITLE_HEIGHT))
        baseline = head.bottom - self.u(24)
        colours = (self.theme.page.ink, self.theme.page_soft.ink)
        self.beside(canvas, self.say(key), (head.left, baseline), head.width, TITLE_CAP, colours)
        weight = max(2, round(self.u(3)))
        canvas.fill(head._replace(top=head.bottom - weight), self.theme.page.ink)
        return rest

    def remark(self, canvas: Canvas, key: str, box: Box) -> None:
        """Say in both languages that there is nothing to list."""
        words, too = self.say(key)
        soft = self.theme.page_soft.ink
        canvas.text(self.bold(words, 22, box.width, 16), box.left, box.top + self.u(60), soft)
        if too:
            line = self.plain(too, 19, box.width, 15)
            canvas.text(line, box.left, box.top + self.u(100), soft)

    def centred(self, canvas: Canvas, rows: tuple[tuple[str, Weight, float, Colour], ...]) -> None:
        """Put rows of (text, weight, cap in units, colour) in the middle of the canvas.

        What is too wide goes on over a second line. A row without text is a gap of its cap.
        """
        width = canvas.content.width
        lines = [
            (line, cap, colour)
            for text, weight, cap, colour in rows
            for line in self.setter.paragraph(text, weight, self.u(cap), width, 2)
        ]
        set_rows = [(line, self.u(cap * leading(line)), colour) for line, cap, colour in lines]
        height = sum(high for _, high, _ in set_rows)
        # The eye's middle is above the ruler's.
        y = (canvas.box.height - height) * 0.46
        middle = (canvas.content.left + canvas.content.right) / 2
        for line, high, colour in set_rows:
            canvas.text(line, middle, y + (high + line.cap) / 2, colour, Align.CENTER)
            y += high
