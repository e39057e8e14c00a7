"""The call board: a picture that follows a view, drawn anew only where the view has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace
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


LOGO, LOGO_WIDEST = 60, 240
BLACK: Colour = (0, 0, 0)


class _Panel(msgspec.Struct, frozen=True):
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
        slides: A slide stands in the place of the waits.
        dark: There is nothing at all.
    """

    lists: bool
    tells: bool = False
    slides: bool = False
    dark: bool = False


class BoardPainter:
    """Keeps the picture of the board.

    Args:
        size: Width and height of the screen in pixels; its shape decides the layout.
        signs: What the board says that does not change.
        setter: Sets the text.
        theme: Colours.
        night: Colours for when it is dark; None: the same.
        logo: Stands before the office's name; made as small as it has to be.
    """

    def __init__(
        self,
        size: tuple[int, int],
        signs: Signs,
        setter: Typesetter,
        theme: Theme = DAY,
        night: Theme | None = None,
        logo: Image.Image | None = None,
    ) -> None:
        self.layout = arrange(size)
        self.picture = Image.new("RGB", size, theme.page.ground)
        self._pens = {
            dark: Pen(setter, colours, self.layout.unit, signs, logo=_small(logo, self.layout.unit))
            for dark, colours in ((False, theme), (True, night or theme))
        }
        self._pictures: Mapping[str, Image.Image] = {}
        self._night = False
        self._panels = _panels(self.layout, theme)
        self._shown: dict[_Panel, Hashable] = {}
        self._placed: dict[_Panel, tuple[Placed, ...]] = {}

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Everything that stands on the picture now, with the boxes of its ink."""
        return tuple(placed for panel in self._placed.values() for placed in panel)

    def paint(self, view: BoardView) -> tuple[Box, ...]:
        """Bring the picture up to `view`; give the boxes that changed, none if nothing did."""
        if view.night != self._night:
            self._dress(night=view.night)
        panels = self._panels[_kind(view)]
        for panel in set(self._shown) - set(panels):
            del self._shown[panel], self._placed[panel]
        changed = []
        for panel in panels:
            needs = (panel.needs(view), self._speaking(panel, view))
            if panel in self._shown and self._shown[panel] == needs:
                continue
            self._draw(panel, view)
            self._shown[panel] = needs
            changed.append(panel.part.tile)
        return tuple(changed)

    def hang(self, pictures: Mapping[str, Image.Image]) -> None:
        """Take the pictures of the slides, by their names."""
        self._pictures = pictures
        for panel in [each for each in self._shown if each.draw is _draw_slide]:
            del self._shown[panel], self._placed[panel]

    def _dress(self, *, night: bool) -> None:
        """Change the colours; everything is drawn anew."""
        self._night = night
        self._panels = _panels(self.layout, self._pens[night].theme)
        self._shown.clear()
        self._placed.clear()

    @staticmethod
    def _speaking(panel: _Panel, view: BoardView) -> int:
        """Say which language a panel has beside the first; 0 where it says the first only."""
        if panel.draw is draw_notice and view.notice is not None:
            return view.notice.beside_it
        return 0 if panel.draw is draw_head else view.beside_it

    def _draw(self, panel: _Panel, view: BoardView) -> None:
        canvas = Canvas(panel.part, panel.ground)
        pen = replace(self._pens[self._night], beside_it=self._speaking(panel, view))
        if view.slide is not None and panel.draw is _draw_slide:
            from appliance.display.board_slide import draw_slide  # noqa: PLC0415  (rarely needed)

            draw_slide(canvas, pen, view.slide, self._pictures)
        else:
            panel.draw(canvas, pen, view)
        left, top = panel.part.tile[:2]
        self.picture.paste(canvas.image, (left, top))
        self._placed[panel] = tuple(
            Placed(what, box.moved(left, top)) for what, box in canvas.placed
        )


def _small(logo: Image.Image | None, unit: float) -> Image.Image | None:
    """Give the logo in the size in which it is drawn."""
    if logo is None:
        return None
    high = max(1, round(LOGO * unit))
    wide = max(1, min(round(logo.width * high / logo.height), round(LOGO_WIDEST * unit)))
    return logo.resize((wide, max(1, round(wide * logo.height / logo.width))))


def _kind(view: BoardView) -> _Kind:
    plain = view.mood in {Mood.STARTING, Mood.CLOSED, Mood.DARK}
    return _Kind(
        lists=not plain,
        tells=view.notice is not None,
        slides=view.slide is not None and not plain,
        dark=view.mood is Mood.DARK and view.notice is None,
    )


def _draw_nothing(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """A black screen."""


def _draw_slide(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Stands for what is loaded with the first slide."""


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
    slide = _Panel(layout.waits, page, lambda view: view.slide, _draw_slide)

    def words(part: Part) -> _Panel:
        return _Panel(part, rest, lambda view: view.mood, draw_words)

    def notice(part: Part) -> _Panel:
        return _Panel(part, page, lambda view: view.notice, draw_notice)

    whole, told = words(layout.whole), notice(layout.notice)
    beside = (words(layout.words), notice(layout.notice_below))
    black = _Panel(layout.screen, BLACK, lambda view: view.mood, _draw_nothing)
    kinds: dict[_Kind, tuple[_Panel, ...]] = {_Kind(lists=False, dark=True): (black,)}
    for slides, right in ((False, waits), (True, slide)):
        around = tuple(
            panel for panel in (next_, right) if not panel.part.tile.overlaps(layout.notice.tile)
        )
        kinds[_Kind(lists=True, slides=slides)] = (head, place, last, next_, right, foot)
        kinds[_Kind(lists=True, tells=True, slides=slides)] = (
            head,
            place,
            last,
            *around,
            told,
            foot,
        )
    kinds[_Kind(lists=False)] = (head, whole, foot)
    kinds[_Kind(lists=False, tells=True)] = (head, *beside, foot)
    return kinds
