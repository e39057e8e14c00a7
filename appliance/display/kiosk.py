"""The kiosk: a picture that follows a view, drawn anew only where the view has changed.

It knows what can be touched, too: the picture and its targets come of the same drawing, so that no
finger meets a button that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from PIL import Image, ImageChops

from appliance.display.canvas import Placed
from appliance.display.kiosk_edges import buttons, draw_bar, draw_head, helping
from appliance.display.kiosk_layout import lay_out
from appliance.display.kiosk_pad import draw_pad
from appliance.display.kiosk_pen import KioskPen
from appliance.display.kiosk_plain import (
    draw_closed,
    draw_help,
    draw_hold_up,
    draw_moment,
    draw_out_of_order,
    draw_still_there,
)
from appliance.display.kiosk_redirect import draw_redirect
from appliance.display.kiosk_service import draw_service
from appliance.display.kiosk_sheet import KioskSheet
from appliance.display.kiosk_theme import STARK
from appliance.display.kiosk_told import draw_told
from appliance.display.kiosk_view import (
    Closed,
    Help,
    HoldUp,
    KioskView,
    Look,
    Moment,
    OutOfOrder,
    Page,
    Redirect,
    Service,
    ShortNumber,
    StillThere,
    Target,
    Told,
    Welcome,
)
from appliance.display.kiosk_welcome import draw_welcome
from appliance.display.layout import Box
from appliance.display.theme import DAY, Colour, Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from appliance.display.kiosk_signs import KioskSigns
    from appliance.display.text import Typesetter


class _Panel(NamedTuple):
    """A part of the kiosk as it is drawn now.

    Args:
        box: Where, in pixels of the screen.
        ground: Its colour.
        needs: What it shows; the same again is not drawn again.
        draw: Draws it.
    """

    box: Box
    ground: Colour
    needs: Hashable
    draw: Callable[[KioskSheet], None]


class _Drawn(NamedTuple):
    """What is known of a panel that was drawn."""

    needs: Hashable
    targets: tuple[Target, ...]
    placed: tuple[Placed, ...]


class KioskPainter:
    """Keeps the picture of the kiosk, and what can be touched on it.

    Args:
        size: Width and height of the screen in pixels; its shape decides the layout.
        signs: What the kiosk says that does not change.
        setter: Sets the text.
        theme: Colours; large type has its own, of high contrast.
        part: What of the screen it has, such as `overlay_box(size)`; None: all of it.
    """

    def __init__(
        self,
        size: tuple[int, int],
        signs: KioskSigns,
        setter: Typesetter,
        theme: Theme = DAY,
        part: Box | None = None,
    ) -> None:
        self.part = part or Box(0, 0, *size)
        self.picture = Image.new("RGB", (self.part.width, self.part.height), theme.rest.ground)
        self._signs = signs
        self._setter = setter
        self._theme = theme
        count = buttons(len(signs.texts))
        self._layout = lay_out(size, self.part, count)
        self._drawn: dict[Box, _Drawn] = {}
        self.mirrored = False
        """It was drawn for a language that runs from right to left."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """What can be touched now, in pixels of the screen."""
        return tuple(target for drawn in self._drawn.values() for target in drawn.targets)

    @property
    def actions(self) -> tuple[str, ...]:
        """The same in reading order: row by row, from where the visitor's language begins."""

        def place(target: Target) -> tuple[int, int]:
            area = target.area
            return area.top, -area.right if self.mirrored else area.left

        return tuple(each.action for each in sorted(self.targets, key=place))

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Everything that stands on the picture now, with the boxes of its ink."""
        return tuple(placed for drawn in self._drawn.values() for placed in drawn.placed)

    def touched(self, x: int, y: int) -> str | None:
        """Give the action at a place of the screen; None: nothing is there to be touched."""
        for action, area in self.targets:
            if area.left <= x < area.right and area.top <= y < area.bottom:
                return action
        return None

    def paint(self, view: KioskView) -> tuple[Box, ...]:
        """Bring the picture up to `view`.

        Returns:
            The boxes that changed, in pixels of the screen; none if nothing did.
        """
        changed = []
        for panel in self._panels(view):
            drawn = self._drawn.get(panel.box)
            if drawn is not None and drawn.needs == panel.needs:
                continue
            box = self._draw(panel, view.look, view.ring)
            if box is not None:
                changed.append(box)
        return tuple(changed)

    def _panels(self, view: KioskView) -> list[_Panel]:
        layout, theme = self._layout, self._worn(view.look)
        page, look, ring, help_is = view.page, view.look, view.ring, helping(view.page)
        ground = theme.rest.ground
        head, body, bar = layout.head, layout.body, layout.bar
        panels = [
            _Panel(body, ground, (page, look, ring), lambda sheet: draw_page(sheet, page)),
            _Panel(
                bar,
                theme.rest.ground,
                (help_is, look, ring),
                lambda sheet: draw_bar(sheet, help_is, layout.rows),
            ),
        ]
        if head.height:
            ground = theme.head.ground
            needs = (view.clock, look)
            panels.insert(0, _Panel(head, ground, needs, lambda s: draw_head(s, view.clock)))
        return panels

    def _worn(self, look: Look) -> Theme:
        return STARK if look.large else self._theme

    def _draw(self, panel: _Panel, look: Look, ring: str) -> Box | None:
        """Draw a panel; give what of the screen looks otherwise now, if anything does."""
        signs = self._signs
        pen = KioskPen(
            self._setter,
            self._worn(look),
            self._layout.unit,
            signs,
            signs.speaking(look.language),
            look.large,
            ring,
        )
        self.mirrored = pen.mirrored
        box = panel.box
        sheet = KioskSheet((box.width, box.height), pen, panel.ground)
        panel.draw(sheet)
        self._drawn[box] = _Drawn(
            panel.needs,
            tuple(Target(each.action, each.area.moved(*box[:2])) for each in sheet.targets),
            tuple(Placed(what, ink.moved(*box[:2])) for what, ink in sheet.canvas.placed),
        )
        at = box.moved(-self.part.left, -self.part.top)
        before = self.picture.crop(at)
        self.picture.paste(sheet.canvas.image, at[:2])
        differs = ImageChops.difference(before, sheet.canvas.image).getbbox()
        return Box(*differs).moved(*box[:2]) if differs else None


def draw_page(sheet: KioskSheet, page: Page) -> None:
    """Draw a page, without the edges."""
    match page:
        case Welcome():
            draw_welcome(sheet, page)
        case HoldUp():
            draw_hold_up(sheet, page)
        case Service():
            draw_service(sheet, page)
        case ShortNumber():
            draw_pad(sheet, page)
        case Told():
            draw_told(sheet, page)
        case Redirect():
            draw_redirect(sheet, page)
        case Help():
            draw_help(sheet, page)
        case Moment():
            draw_moment(sheet)
        case StillThere():
            draw_still_there(sheet, page)
        case Closed():
            draw_closed(sheet, page)
        case OutOfOrder():
            draw_out_of_order(sheet, page)
        case _:
            assert_never(page)
