"""What must hold for every picture of the kiosk, whatever the language, the screen, the fonts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_layout import overlay_box, target_pixels
from appliance.display.kiosk_view import KioskView, Look
from tests.kiosk_pages.views import CLOCK, SIGNS, SIZES

if TYPE_CHECKING:
    from appliance.display.kiosk_signs import KioskSigns
    from appliance.display.kiosk_view import Page
    from appliance.display.text import Typesetter

Form = tuple[tuple[int, int], bool]
"""A screen, and whether the kiosk lies over a board on it."""

FORMS: list[Form] = [(size, False) for size in SIZES] + [(size, True) for size in SIZES]


def name_of(form: Form) -> str:
    (width, height), overlay = form
    return f"{width}x{height}{'-overlay' if overlay else ''}"


def painter_of(form: Form, setter: Typesetter, signs: KioskSigns = SIGNS) -> KioskPainter:
    size, overlay = form
    return KioskPainter(size, signs, setter, part=overlay_box(size) if overlay else None)


def show(painter: KioskPainter, page: Page, language: str = "de", *, large: bool = False) -> None:
    painter.paint(KioskView(page, Look(language, large), CLOCK))


def read(painter: KioskPainter) -> str:
    """Give everything that stands on the picture, line by line."""
    return "\n".join(placed.what for placed in painter.placed)


def faults(painter: KioskPainter, size: tuple[int, int]) -> list[str]:
    """Name everything that is cut off, lies over something else, or is too small for a finger."""
    found = [
        f"{what!r} leaves the kiosk" for what, box in painter.placed if not painter.part.holds(box)
    ]
    found += [f"{what!r} is cut" for what, _ in painter.placed if "…" in what]
    inks = [placed for placed in painter.placed if placed.what != "<badge>"]
    found += [
        f"{one.what!r} and {other.what!r} overlap"
        for one, other in itertools.combinations(inks, 2)
        if one.box.overlaps(other.box)
    ]
    targets = painter.targets
    found += [
        f"{one.action} and {other.action} overlap"
        for one, other in itertools.combinations(targets, 2)
        if one.area.overlaps(other.area)
    ]
    least = target_pixels(size)
    for action, area in targets:
        if min(area.width, area.height) < least:
            found.append(f"{action} has {area.width}x{area.height} pixels, {least:.0f} are needed")
        if not painter.part.holds(area):
            found.append(f"{action} leaves the kiosk")
        found += [
            f"{what!r} lies on the edge of {action}"
            for what, box in painter.placed
            if area.overlaps(box) and not area.holds(box)
        ]
    actions = [action for action, _ in targets]
    found += [f"{each} is there twice" for each in set(actions) if actions.count(each) > 1]
    return found
