"""What can be touched on the kiosk, what is drawn again, and what is left of a visitor."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from appliance.checkin.short_number import ALPHABET
from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_layout import (
    DIAGONAL_INCHES,
    TARGET_MM,
    overlay_box,
    target_pixels,
)
from appliance.display.kiosk_theme import STARK
from appliance.display.kiosk_view import (
    Closed,
    Help,
    HoldUp,
    KioskView,
    Look,
    ShortNumber,
    Welcome,
)
from appliance.display.layout import Box, arrange
from appliance.display.theme import AAA_SIGN, DAY, Colour, Pair
from tests.kiosk_pages.seen import FORMS, Form, name_of, painter_of, read, show
from tests.kiosk_pages.views import (
    CLOCK,
    FEW,
    HALL,
    LANDSCAPE,
    MANY,
    PAGES,
    PORTRAIT,
    SIGNS,
    SIZES,
    SMALL,
    WISHES,
)
from tests.support.setting import Recorder

if TYPE_CHECKING:
    from appliance.display.text import Typesetter

LANGUAGES = {f"language:{language}" for language in HALL}
BAR = {*LANGUAGES, "large", "help"}
WITHOUT_HELP = {*LANGUAGES, "large"}
WAYS = {"back", "home"}
PAD = {f"digit:{sign}" for sign in ALPHABET} | {"erase"}

OFFERED = {
    "welcome": {
        *BAR,
        "code",
        "short",
        *(f"service:{code}" for code in FEW),
        *(f"redirect:{name}" for name in ("papers", "status", "emergency")),
    },
    "hold-up": {*BAR, *WAYS, "short"},
    "service": {*BAR, *WAYS, "take", *(f"wish:{wish}" for wish in WISHES)},
    "service-plain": {*BAR, *WAYS, "take"},
    "short-number": {*BAR, *WAYS, *PAD},
    "short-number-whole": {*BAR, *WAYS, *PAD, "enter"},
    "told": {*BAR, "home"},
    "redirect": {*BAR, *WAYS},
    "emergency": {*BAR, *WAYS, "assistance"},
    "help": {*WITHOUT_HELP, *WAYS, "code", "short", "assistance"},
    "moment": WITHOUT_HELP,
    "still-there": {*WITHOUT_HELP, "stay", "home"},
    "closed": WITHOUT_HELP,
    "cut-off": WITHOUT_HELP,
}


def actions(painter: KioskPainter) -> set[str]:
    return {action for action, _ in painter.targets}


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_each_page_offers_what_one_can_do_there(form: Form, setter: Typesetter) -> None:
    painter = painter_of(form, setter)
    for page, offered in OFFERED.items():
        view = PAGES[page]
        show(painter, view)
        if isinstance(view, Welcome) and "more" in actions(painter):
            # Where there is less room, the tiles are on several sheets.
            continue
        assert actions(painter) == offered, page


@pytest.mark.parametrize("form", FORMS, ids=name_of)
@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
def test_every_service_is_on_one_sheet_and_after_the_last_comes_the_first(
    form: Form, setter: Typesetter, *, large: bool
) -> None:
    painter = painter_of(form, setter)
    seen: list[set[str]] = []
    for sheet in range(len(MANY) + 1):
        show(painter, Welcome(MANY, ("emergency",), sheet=sheet), large=large)
        tiles = {each for each in actions(painter) if each.startswith("service:")}
        if tiles in seen:
            break
        seen.append(tiles)
    assert "more" in actions(painter)
    assert tiles == seen[0]
    assert sorted(itertools.chain(*seen)) == sorted(f"service:{code}" for code in MANY)


def test_without_camera_and_list_of_bookings_neither_is_offered(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    for page in (
        Welcome(FEW, scans=False, short_numbers=False),
        Help(scans=False, short_numbers=False, assistance=False),
        HoldUp(short_numbers=False),
    ):
        show(painter, page)
        assert actions(painter).isdisjoint({"code", "short", "assistance"})
    show(painter, Welcome(FEW, scans=False))
    assert "code" not in actions(painter)
    assert "short" in actions(painter)


def test_a_service_that_the_kiosk_does_not_know_has_no_tile(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, Welcome(("X99", *FEW)))
    assert "service:X99" not in actions(painter)


def test_with_one_language_there_is_none_to_choose(setter: Typesetter) -> None:
    signs = replace(SIGNS, texts=SIGNS.texts[:1])
    painter = KioskPainter(PORTRAIT, signs, setter)
    show(painter, PAGES["welcome"])
    assert actions(painter).isdisjoint(LANGUAGES)
    assert {"large", "help"} <= actions(painter)


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_a_touch_meets_what_is_drawn_there(form: Form, setter: Typesetter) -> None:
    painter = painter_of(form, setter)
    show(painter, PAGES["service"])
    for action, (left, top, right, bottom) in painter.targets:
        assert painter.touched((left + right) // 2, (top + bottom) // 2) == action
        assert painter.touched(left, top) == action
        assert painter.touched(right - 1, bottom - 1) == action
        assert painter.touched(left - 1, top) != action
        assert painter.touched(right, top) != action
    assert painter.touched(-1, -1) is None
    assert painter.touched(painter.part.left, painter.part.bottom - 1) is None


def test_twenty_millimetres_are_as_many_pixels_as_on_a_real_screen() -> None:
    # A 15-inch screen of 16 : 9 is 332.1 mm wide.
    assert target_pixels(LANDSCAPE) == pytest.approx(1920 / 332.1 * 20, rel=1e-3)
    assert target_pixels(LANDSCAPE, 2 * DIAGONAL_INCHES) == target_pixels(LANDSCAPE) / 2


@pytest.mark.parametrize("page", ["welcome", "service", "help", "hold-up", "told-way"])
def test_in_arabic_everything_stands_on_the_other_side(page: str, setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, PAGES[page], "de")
    mirrored = {
        action: area._replace(left=1920 - area.right, right=1920 - area.left)
        for action, area in painter.targets
    }
    show(painter, PAGES[page], "ar")
    assert dict(painter.targets) == mirrored


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_a_short_number_is_typed_from_left_to_right_in_arabic_too(
    form: Form, setter: Typesetter
) -> None:
    painter = painter_of(form, setter)
    for language in ("de", "ar"):
        show(painter, ShortNumber("C3H7"), language)
        keys = dict(painter.targets)
        assert keys["digit:C"].left < keys["digit:D"].left < keys["digit:E"].left
        assert keys["digit:C"].top == keys["digit:D"].top
        # What was typed stands there too, and not on a key.
        slots = [
            box
            for what, box in painter.placed
            if what in set("C3H7") and not any(area.holds(box) for area in keys.values())
        ]
        assert len(slots) == len("C3H7")
        assert slots == sorted(slots, key=lambda box: box.left)


@pytest.mark.parametrize("size", SIZES)
def test_over_a_board_the_current_call_stays_in_sight(size: tuple[int, int]) -> None:
    board, over = arrange(size), overlay_box(size)
    assert not over.overlaps(board.place.tile)
    assert not over.overlaps(board.head.tile)
    assert Box(0, 0, *size).holds(over)


def test_a_wish_that_was_chosen_is_ticked(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, PAGES["service"])
    shown = [placed.what for placed in painter.placed]
    assert (shown.count("<ticked box>"), shown.count("<empty box>")) == (1, 3)


def test_the_language_that_is_spoken_is_ticked(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    for language in HALL:
        show(painter, PAGES["moment"], language)
        (tick,) = (box for what, box in painter.placed if what == "<tick>")
        assert dict(painter.targets)[f"language:{language}"].holds(tick)


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_a_number_that_no_slip_carries_stands_larger(form: Form, setter: Typesetter) -> None:
    painter = painter_of(form, setter)
    heights = {}
    for page in ("told", "told-number"):
        show(painter, PAGES[page])
        heights[page] = dict(painter.placed)["A021"].height
    assert heights["told-number"] > heights["told"]
    # 1 : 200 of 3 m, at 15 inches.
    assert heights["told-number"] >= 15 / 20 * target_pixels(form[0])


def test_what_a_scan_came_to_has_a_sign_of_its_own(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    signs = {"<information>", "<question>", "<tick>"}
    for page, sign in (("told-way", "<information>"), ("told-ask", "<question>")):
        show(painter, PAGES[page])
        large = [what for what, box in painter.placed if what in signs and box.height > 100]
        assert large == [sign]


def test_where_to_go_is_an_arrow_and_a_place(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, PAGES["told-way"])
    assert {"<arrow>", "1. OG"} <= {placed.what for placed in painter.placed}


def test_the_same_view_is_not_drawn_again(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    view = KioskView(PAGES["welcome"], Look("de"), CLOCK)
    assert painter.paint(view) != ()
    drawn = painter.placed
    assert painter.paint(view) == ()
    assert all(one is other for one, other in zip(drawn, painter.placed, strict=True))


def test_with_the_minute_only_the_clock_changes(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    view = KioskView(PAGES["welcome"], Look("de"), CLOCK)
    painter.paint(view)
    (changed,) = painter.paint(replace(view, clock=CLOCK.replace(minute=43)))
    clock = {placed.what: placed.box for placed in painter.placed}["10:43"]
    assert clock.holds(changed)


def test_with_a_sign_typed_only_its_place_changes(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, ShortNumber("C3"))
    (changed,) = painter.paint(KioskView(ShortNumber("C3H"), Look("de"), CLOCK))
    assert changed.width * changed.height < 0.02 * 1920 * 1080


def test_a_page_in_the_same_look_leaves_the_bar_as_it_is(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, PAGES["welcome"])
    before = painter.targets
    (changed,) = painter.paint(KioskView(PAGES["service"], Look("de"), CLOCK))
    bar = [target for target in painter.targets if target.action in BAR]
    assert changed.bottom <= min(target.area.top for target in bar)
    # The very same, not their like.
    assert set(map(id, before)) >= set(map(id, bar))


@pytest.mark.parametrize("form", [(SMALL, False), (SMALL, True)], ids=name_of)
def test_nothing_of_an_earlier_page_is_left_on_a_later_one(form: Form, setter: Typesetter) -> None:
    painter = painter_of(form, setter)
    looks = itertools.cycle((Look("ar"), Look("de"), Look("de", large=True)))
    views = [
        *(KioskView(page, Look("de"), CLOCK) for page in PAGES.values()),
        *(KioskView(page, next(looks), CLOCK) for page in list(PAGES.values())[::-2]),
    ]
    for view in views:
        painter.paint(view)
        fresh = painter_of(form, setter)
        fresh.paint(view)
        assert ImageChops.difference(painter.picture, fresh.picture).getbbox() is None
        assert (painter.placed, painter.targets) == (fresh.placed, fresh.targets)


def test_the_boxes_that_changed_are_all_that_changed(setter: Typesetter) -> None:
    painter = painter_of((SMALL, True), setter)
    show(painter, PAGES["welcome"])
    for page in PAGES.values():
        before = painter.picture.copy()
        changed = painter.paint(KioskView(page, Look("de"), CLOCK))
        for left, top, right, bottom in changed:
            x, y = painter.part.left, painter.part.top
            at = (left - x, top - y, right - x, bottom - y)
            before.paste(painter.picture.crop(at), at[:2])
        assert ImageChops.difference(before, painter.picture).getbbox() is None


def test_when_it_opens_again_is_said_as_people_say_it(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, Closed(CLOCK.replace(day=19, hour=8, minute=30)))
    assert "Wieder ab Montag, 19. Mai, 08:30 Uhr." in read(painter)


# The ring of the keys.


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("form", [(LANDSCAPE, False), (SMALL, True)], ids=name_of)
def test_ring_stands_out_around_each_button_and_touches_no_other(
    form: Form, setter: Typesetter, *, large: bool
) -> None:
    painter = painter_of(form, setter)
    look = Look("de", large)
    theme = STARK if large else DAY
    for name in ("welcome", "service", "short-number-whole", "told-ask", "redirect", "help"):
        page = PAGES[name]
        painter.paint(KioskView(page, look, CLOCK))
        bare = painter.picture.copy()
        for target in painter.targets:
            painter.paint(KioskView(page, look, CLOCK, target.action))
            at = target.area.moved(-painter.part.left, -painter.part.top)
            found = ImageChops.difference(bare, painter.picture)
            # Nothing in the button looks otherwise, but for its very corners.
            inside = at.inset(12, 12)
            assert found.crop(inside).getbbox() is None, target
            around = Box(*(found.getbbox() or at))
            others = [each.area for each in painter.targets if each.action != target.action]
            seen = around.moved(*painter.part[:2])
            assert seen.width > target.area.width, target
            assert not any(seen.overlaps(other) for other in others), target
            side = colour_at(bare, at.left - 2, (at.top + at.bottom) // 2)
            ring = colour_at(painter.picture, around.left, (at.top + at.bottom) // 2)
            assert ring == theme.call.ground, target
            assert Pair(ring, side).contrast() >= AAA_SIGN, target


def colour_at(picture: Image.Image, x: int, y: int) -> Colour:
    red, green, blue = picture.crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue


def test_all_that_can_be_touched_is_in_reading_order(setter: Typesetter) -> None:
    painter = painter_of((LANDSCAPE, False), setter)
    show(painter, Welcome(FEW))
    german = painter.actions
    assert sorted(german) == sorted(each.action for each in painter.targets)
    tiles = [f"service:{code}" for code in FEW]
    assert [each for each in german if each in tiles] == tiles
    show(painter, Welcome(FEW), "ar")
    # From the right: the tiles, and the languages.
    assert [each for each in painter.actions if each in tiles] == tiles
    assert painter.actions[-len(BAR) :] == german[-len(BAR) :]


# Type.


@pytest.mark.parametrize("language", ["de", "uk", "ar"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: name_of((size, False)))
def test_all_can_be_read_from_60_cm_on_15_inches(size: tuple[int, int], language: str) -> None:
    """ISO 9241-303: 16 minutes of arc at least."""
    setter = Recorder()
    painter = painter_of((size, False), setter)
    for page in PAGES.values():
        show(painter, page, language)
    pixels_a_mm = target_pixels(size) / TARGET_MM
    minutes = {
        # What did not fit was set again, smaller: the last one counts.
        line.text: 60 * math.degrees(math.atan(line.cap / pixels_a_mm / 600))
        for line, _ in setter.lines
    }
    assert {text for text in minutes if minutes[text] < 16} == set()


@pytest.mark.parametrize("language", ["de", "uk", "ar"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: name_of((size, False)))
def test_no_text_is_smaller_in_large_type(
    size: tuple[int, int], language: str, setter: Typesetter
) -> None:
    """On a screen of its own; over a board, there is no room for it everywhere."""
    painter = painter_of((size, False), setter)
    heights: list[dict[str, int]] = []
    for name, page in PAGES.items():
        heights.clear()
        for large in (False, True):
            show(painter, page, language, large=large)
            heights.append({what: box.height for what, box in painter.placed if what[0] != "<"})
        usual, larger = heights
        smaller = {what for what in usual.keys() & larger.keys() if larger[what] < usual[what]}
        assert not smaller, name


# From a wheelchair.


@pytest.mark.parametrize("page", ["service", "hold-up", "short-number", "help", "redirect"])
def test_ways_back_and_out_are_in_reach_on_an_upright_screen(page: str, setter: Typesetter) -> None:
    painter = painter_of((PORTRAIT, False), setter)
    show(painter, PAGES[page])
    tops = {target.action: target.area.top for target in painter.targets}
    bar = min(tops[action] for action in BAR & tops.keys())
    for way in ("back", "home"):
        # Next to the bar: nothing else is between.
        assert tops[way] == max(top for top in tops.values() if top < bar)
