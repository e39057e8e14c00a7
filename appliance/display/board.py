"""The call board: a picture that follows a view, drawn anew only where the view has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from appliance.display.board_edges import draw_foot, draw_head
from appliance.display.board_lists import draw_last, draw_next
from appliance.display.board_notice import draw_notice
from appliance.display.board_place import draw_place, draw_words
from appliance.display.board_view import BoardView, Mood
from appliance.display.board_waits import draw_waits
from appliance.display.canvas import Canvas, Placed
from appliance.display.layout import Box, Layout, Part, arrange
from appliance.display.pen import Pen, Signs
from appliance.display.theme import DAY, Colour, Theme

if TYPE_CHECKING:
    from appliance.display.text import Typesetter


@dataclass(frozen=True, slots=True, repr=False)
class _Panel:
    """A part of the screen, and how it is drawn.

    Args:
        part: Where it stands.
        ground: Its colour.
        needs: What of the view it shows; the same again is not drawn again.
        draw: Draws it.
    """

    part: Part
    ground: Colour
    needs: Callable[[BoardView], Hashable]
    draw: Callable[[Canvas, Pen, BoardView], None]


class _Kind(NamedTuple):
    """Which parts a board has.

    Args:
        lists: It has calls, numbers and waits to list.
        tells: It tells the person at the kiosk something.
    """

    lists: bool
    tells: bool


class BoardPainter:
    """Keeps the picture of the board.

    Args:
        size: Width and height of the screen in pixels; its shape decides the layout.
        signs: What the board says that does not change.
        setter: Sets the text.
        theme: Colours.
    """

    def __init__(
        self, size: tuple[int, int], signs: Signs, setter: Typesetter, theme: Theme = DAY
    ) -> None:
        layout = arrange(size)
        self.picture = Image.new("RGB", size, theme.page.ground)
        self._pen = Pen(setter, theme, layout.unit, signs)
        self._panels = _panels(layout, theme)
        self._shown: dict[_Panel, Hashable] = {}
        self._placed: dict[_Panel, tuple[Placed, ...]] = {}

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Everything that stands on the picture now, with the boxes of its ink."""
        return tuple(placed for panel in self._placed.values() for placed in panel)

    def paint(self, view: BoardView) -> tuple[Box, ...]:
        """Bring the picture up to `view`; give the boxes that changed, none if nothing did."""
        plain = view.mood in {Mood.STARTING, Mood.CLOSED}
        panels = self._panels[_Kind(lists=not plain, tells=view.notice is not None)]
        for panel in set(self._shown) - set(panels):
            del self._shown[panel], self._placed[panel]
        changed = []
        for panel in panels:
            needs = panel.needs(view)
            if panel in self._shown and self._shown[panel] == needs:
                continue
            self._draw(panel, view)
            self._shown[panel] = needs
            changed.append(panel.part.tile)
        return tuple(changed)

    def _draw(self, panel: _Panel, view: BoardView) -> None:
        canvas = Canvas(panel.part, panel.ground)
        panel.draw(canvas, self._pen, view)
        left, top = panel.part.tile[:2]
        self.picture.paste(canvas.image, (left, top))
        self._placed[panel] = tuple(
            Placed(what, box.moved(left, top)) for what, box in canvas.placed
        )


def _panels(layout: Layout, theme: Theme) -> Mapping[_Kind, tuple[_Panel, ...]]:
    """Give the panels of each kind of board. What two kinds share is drawn once."""
    page, rest = theme.page.ground, theme.rest.ground
    head = _Panel(layout.head, theme.head.ground, lambda view: view.clock, draw_head)
    foot = _Panel(
        layout.foot,
        rest,
        lambda view: (
            view.stale,
            view.offline,
            view.announcement,
            view.waiting,
            view.open_counters,
        ),
        draw_foot,
    )
    place = _Panel(layout.place, rest, lambda view: (view.mood, view.current), draw_place)
    last = _Panel(layout.last, page, lambda view: view.last, draw_last)
    next_ = _Panel(layout.next, page, lambda view: view.next, draw_next)
    waits = _Panel(layout.waits, page, lambda view: view.services, draw_waits)
    around = tuple(
        panel for panel in (next_, waits) if not panel.part.tile.overlaps(layout.notice.tile)
    )

    def words(part: Part) -> _Panel:
        return _Panel(part, rest, lambda view: view.mood, draw_words)

    def notice(part: Part) -> _Panel:
        return _Panel(part, page, lambda view: view.notice, draw_notice)

    return {
        _Kind(lists=True, tells=False): (head, place, last, next_, waits, foot),
        _Kind(lists=True, tells=True): (head, place, last, *around, notice(layout.notice), foot),
        _Kind(lists=False, tells=False): (head, words(layout.whole), foot),
        _Kind(lists=False, tells=True): (
            head,
            words(layout.words),
            notice(layout.notice_below),
            foot,
        ),
    }
