"""Golden pictures, and what must hold for every picture whatever the fonts."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageStat

from appliance.bus.messages.shown import KioskResult
from appliance.display.board import BoardPainter
from appliance.display.board_notice import words_of
from appliance.display.board_result import TONES, notice_of
from appliance.display.board_view import ENTRANCE, BoardView, CallView, Mood, NextView
from appliance.display.fonts import FONT_FOLDERS, find_fonts
from appliance.display.layout import Box, arrange
from appliance.display.text import Typesetter
from appliance.display.theme import DAY, NIGHT
from appliance.strings import texts
from tests.board.states import (
    FACTS,
    LANDSCAPE,
    LONG_SIGNS,
    LONGS,
    PORTRAIT,
    SIGNS,
    SMALL,
    STATES,
    told,
)

if TYPE_CHECKING:
    from appliance.display.pen import Signs

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "BOARD_GOLDEN_REWRITE"
MEAN_MAX = 0.4
"""Mean difference of a channel, of 255: FreeType's versions differ by about half of this."""
FAR, FAR_SHARE_MAX = 96, 0.002

IN_OTHER_SCRIPTS = {
    "one-call-uk": ("one-call", ("uk", "de")),
    "wrong-day-ar": ("wrong-day", ("de", "ar")),
    "called-tr": ("called", ("tr", "de")),
}
"""Picture → state, and the languages in which it is drawn."""

PICTURES = [
    *((state, LANDSCAPE) for state in STATES if state != "dark"),
    *((state, PORTRAIT) for state in ("one-call", "four-calls", "called", "closed", "offline")),
    *((state, PORTRAIT) for state in ("slide", "called-night")),
    *((state, PORTRAIT) for state in ("number", "scanned", "wrong-day", "wrong-day-more")),
    *((state, SMALL) for state in ("one-call", "idle", "number", "scanned")),
    *((state, LANDSCAPE) for state in IN_OTHER_SCRIPTS),
]
SIZES = (LANDSCAPE, PORTRAIT, SMALL)
ALL = [*itertools.product((*STATES, *LONGS), SIZES)]


def paint(state: str, size: tuple[int, int], setter: Typesetter) -> BoardPainter:
    if state in LONGS:
        return draw(LONGS[state], size, setter, LONG_SIGNS)
    if state in IN_OTHER_SCRIPTS:
        state, spoken = IN_OTHER_SCRIPTS[state]
        signs = replace(SIGNS, texts=tuple(texts(each, "board", "scan") for each in spoken))
        return draw(STATES[state], size, setter, signs)
    return draw(STATES[state], size, setter)


def draw(
    view: BoardView, size: tuple[int, int], setter: Typesetter, signs: Signs = SIGNS
) -> BoardPainter:
    painter = BoardPainter(size, signs, setter, DAY, NIGHT)
    painter.paint(view)
    return painter


def font_hashes() -> dict[str, str]:
    fonts = find_fonts()
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for files in (fonts, *fonts.others)
        if files is fonts or "Arabic" in files.regular.name
        for path in (files.regular, files.bold)
    }


def far_share(difference: Image.Image) -> float:
    """Give the share of pixels that differ by more than `FAR` in some channel."""
    strongest = difference.convert("RGB").split()
    worst = ImageChops.lighter(ImageChops.lighter(strongest[0], strongest[1]), strongest[2])
    histogram = worst.histogram()
    return sum(histogram[FAR:]) / (worst.width * worst.height)


@pytest.mark.parametrize(("state", "size"), PICTURES)
def test_the_board_looks_as_it_was_approved(
    state: str, size: tuple[int, int], setter: Typesetter
) -> None:
    picture = paint(state, size, setter).picture
    path = GOLDEN / f"{state}-{size[0]}x{size[1]}.png"
    fonts = GOLDEN / "fonts.json"
    if os.environ.get(REWRITE):
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        fonts.write_text(json.dumps(font_hashes(), indent=2) + "\n", "utf-8")
        pytest.fail(f"{path.name} was written anew: look at it, then run without {REWRITE}")
    if json.loads(fonts.read_text("utf-8")) != font_hashes():
        # Other fonts, other pictures: what must hold for any of them is tested below.
        assert_sound(state, size, setter)
        return
    with Image.open(path) as golden:
        difference = ImageChops.difference(picture, golden.convert("RGB"))
    mean = max(ImageStat.Stat(difference).mean)
    assert mean <= MEAN_MAX, f"{path.name} differs by {mean:.2f} of 255 on the average"
    assert far_share(difference) <= FAR_SHARE_MAX, f"{path.name} differs in places"


def assert_sound(state: str, size: tuple[int, int], setter: Typesetter) -> None:
    assert_all_is_in_its_place(paint(state, size, setter), size)


def assert_all_is_in_its_place(painter: BoardPainter, size: tuple[int, int]) -> None:
    screen = Box(0, 0, *size)
    for what, box in painter.placed:
        assert screen.holds(box), f"{what!r} leaves the screen"
    signs = [placed for placed in painter.placed if placed.what != "<badge>"]
    for one, other in itertools.combinations(signs, 2):
        assert not one.box.overlaps(other.box), f"{one.what!r} and {other.what!r} overlap"


@pytest.mark.parametrize(("state", "size"), ALL)
def test_nothing_is_cut_off_and_nothing_overlaps(
    state: str, size: tuple[int, int], setter: Typesetter
) -> None:
    assert_sound(state, size, setter)


@pytest.mark.parametrize(("state", "size"), ALL)
def test_nothing_overlaps_in_the_other_font_either(state: str, size: tuple[int, int]) -> None:
    dejavu = [folder for folder in FONT_FOLDERS if folder.name == "dejavu"]
    assert_sound(state, size, Typesetter(find_fonts(tuple(dejavu))))


@pytest.mark.parametrize(("state", "size"), [(s, z) for s, z in ALL if s in STATES])
def test_ordinary_texts_are_shown_whole(
    state: str, size: tuple[int, int], setter: Typesetter
) -> None:
    cut = [placed.what for placed in paint(state, size, setter).placed if "…" in placed.what]
    assert cut == []


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SMALL, (1024, 768), (3840, 2160)])
def test_the_current_call_fills_a_third_of_the_screen(size: tuple[int, int]) -> None:
    place = arrange(size).place.tile
    assert place.width * place.height >= size[0] * size[1] / 3


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SMALL])
def test_the_parts_cover_the_screen_and_do_not_overlap(size: tuple[int, int]) -> None:
    layout = arrange(size)
    under_a_notice = [
        part for part in (layout.next, layout.waits) if not part.tile.overlaps(layout.notice.tile)
    ]
    for parts in (
        (layout.place, layout.last, layout.next, layout.waits),
        (layout.place, layout.last, *under_a_notice, layout.notice),
        (layout.whole,),
        (layout.words, layout.notice_below),
    ):
        tiles = [part.tile for part in (layout.head, *parts, layout.foot)]
        assert sum(tile.width * tile.height for tile in tiles) == size[0] * size[1]
        assert not any(a.overlaps(b) for a, b in itertools.combinations(tiles, 2))


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_number_and_counter_are_read_from_fifteen_metres(
    size: tuple[int, int], setter: Typesetter
) -> None:
    mm_per_pixel = 685 / 1080  # a 55-inch screen, 16 : 9
    painter = paint("one-call", size, setter)
    heights = {what: box.height * mm_per_pixel for what, box in painter.placed}
    assert heights["A017"] >= 15_000 / 200
    assert heights["3"] >= 15_000 / 200


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("notice", ["number", "scanned"])
def test_a_notice_leaves_all_calls_as_they_are(
    notice: str, size: tuple[int, int], setter: Typesetter
) -> None:
    told = STATES[notice]
    layout = arrange(size)
    while_told, before = draw(told, size, setter), draw(replace(told, notice=None), size, setter)
    for tile in (layout.head.tile, layout.place.tile, layout.last.tile, layout.foot.tile):
        alike = ImageChops.difference(while_told.picture.crop(tile), before.picture.crop(tile))
        assert alike.getbbox() is None
        assert not tile.overlaps(layout.notice.tile)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("paper", [True, False], ids=["slip", "no slip"])
@pytest.mark.parametrize("outcome", TONES)
def test_each_outcome_is_told_whole_in_both_languages(
    outcome: str, size: tuple[int, int], setter: Typesetter, *, paper: bool
) -> None:
    for ticket in (None, "A021"):
        view = told(STATES["four-calls"], outcome, ticket, paper=paper)
        painter = draw(view, size, setter)
        assert_all_is_in_its_place(painter, size)
        assert not any("…" in placed.what for placed in painter.placed)
        tile = arrange(size).notice.tile
        inside = [placed.what for placed in painter.placed if tile.holds(placed.box)]
        assert view.notice is not None
        for words in words_of(SIGNS.texts, view.notice):
            assert words in " ".join(inside)
        assert (ticket in inside) == (ticket is not None)


@pytest.mark.parametrize("size", SIZES)
def test_a_number_without_slip_is_read_from_fifteen_metres(
    size: tuple[int, int], setter: Typesetter
) -> None:
    painter = paint("number", size, setter)
    mm_per_line = 685 / min(size)  # a 55-inch screen, as good as 16 : 9
    heights = {what: box.height * mm_per_line for what, box in painter.placed}
    assert heights["A021"] >= 15_000 / 200
    assert {"Ihre Nummer ist", "Your number is", "<no slip>"} <= heights.keys()


def test_what_a_scan_came_to_is_told_by_a_sign_of_its_own(setter: Typesetter) -> None:
    signs = {"<tick>", "<information>", "<question>"}
    shown = [
        signs & {placed.what for placed in paint(state, LANDSCAPE, setter).placed}
        for state in ("scanned", "wrong-day", "not-here")
    ]
    assert shown == [{"<tick>"}, {"<information>"}, {"<question>"}]


def test_right_of_way_is_said_by_shape_and_by_word(setter: Typesetter) -> None:
    with_mark = [placed.what for placed in paint("one-call", LANDSCAPE, setter).placed]
    without = [placed.what for placed in paint("four-calls", LANDSCAPE, setter).placed]
    # In the large place, over the list, and at each of its four numbers.
    assert with_mark.count("<diamond>") == 6
    assert with_mark.count("Vorrang") == 2
    assert without.count("<diamond>") == 5
    assert without.count("Vorrang") == 1


def test_right_of_way_stands_above_the_others(setter: Typesetter) -> None:
    painter = BoardPainter(LANDSCAPE, SIGNS, setter)
    painter.paint(
        BoardView(Mood.IDLE, next=(NextView("A001"), NextView("B002", right_of_way=True)))
    )
    top = {placed.what: placed.box.top for placed in painter.placed}
    assert top["B002"] < top["A001"]


def test_a_call_now_differs_from_a_call_before_without_colour(setter: Typesetter) -> None:
    said = {placed.what for placed in paint("one-call", LANDSCAPE, setter).placed}
    kept = {placed.what for placed in paint("called", LANDSCAPE, setter).placed}
    assert "Bitte kommen Sie jetzt" in said - kept
    assert "Zuletzt aufgerufen" in kept - said


def test_only_the_part_that_changed_is_drawn_again(setter: Typesetter) -> None:
    painter = BoardPainter(LANDSCAPE, SIGNS, setter)
    layout = arrange(LANDSCAPE)
    assert len(painter.paint(STATES["one-call"])) == 6
    assert painter.paint(STATES["one-call"]) == ()
    assert painter.paint(STATES["recall"]) == (layout.place.tile, layout.last.tile)
    told_something = told(STATES["recall"], "taken", "A021")
    assert painter.paint(told_something) == (layout.notice.tile,)
    assert painter.paint(STATES["recall"]) == (layout.next.tile, layout.waits.tile)


def test_a_board_drawn_in_steps_equals_one_drawn_at_once(setter: Typesetter) -> None:
    names = list(STATES)
    painter = BoardPainter(SMALL, SIGNS, setter, DAY, NIGHT)
    for state in (*names, *reversed(names), *names[::3], *names[1::3]):
        painter.paint(STATES[state])
        fresh = paint(state, SMALL, setter)
        assert ImageChops.difference(painter.picture, fresh.picture).getbbox() is None
        assert sorted(painter.placed) == sorted(fresh.placed)


@pytest.mark.parametrize(
    "text",
    [
        "A" * 10_000_000,
        "\x00\x07\x1b[2J\r\n" * 1000,
        "\u202e321A\u2066",
        "Z" + "\u0300" * 5000,
        "\ud800\udfff\ufffe",
        "🧑‍🦽" * 500,
        "مرحبا 017",
        "",
        " ",
    ],
    ids=["10 MB", "controls", "overrides", "accents", "surrogates", "emoji", "arabic", "", "blank"],
)
def test_no_text_from_outside_breaks_the_picture(text: str, setter: Typesetter) -> None:
    call = CallView(text, text, right_of_way=True, now=True)
    view = BoardView(
        Mood.CALLING, call, last=(call,) * 5, next=(NextView(text, right_of_way=True),)
    )
    screen = Box(0, 0, *SMALL)
    for paper, outcome in itertools.product((True, False), ("not_here", "called", "late", text)):
        result = KioskResult(
            outcome=outcome, facts=dict.fromkeys(FACTS, text), ticket=text, paper=paper
        )
        for each in (view, replace(view, notice=notice_of(result))):
            painter = draw(each, SMALL, setter)
            assert all(screen.holds(placed.box) for placed in painter.placed)
            assert all(len(placed.what) <= 160 for placed in painter.placed)


def test_golden_pictures_belong_to_the_states_that_are_tested() -> None:
    expected = {f"{state}-{width}x{height}.png" for state, (width, height) in PICTURES}
    assert {path.name for path in GOLDEN.glob("*.png")} == expected


def test_fonts_of_the_golden_pictures_are_all_named() -> None:
    named = json.loads((GOLDEN / "fonts.json").read_text("utf-8"))
    assert [name.partition("-")[0] for name in named] == ["NotoSans"] * 2 + ["NotoSansArabic"] * 2


def test_the_language_beside_the_first_changes_and_the_header_does_not(setter: Typesetter) -> None:
    signs = replace(SIGNS, texts=(*SIGNS.texts, texts("uk", "board", "scan")))
    painter = BoardPainter(LANDSCAPE, signs, setter)
    painter.paint(STATES["one-call"])
    changed = painter.paint(replace(STATES["one-call"], beside_it=1))
    said = {placed.what for placed in painter.placed}
    assert "Підійдіть, будь ласка" in said
    assert "Please come now" not in said
    assert arrange(LANDSCAPE).head.tile not in changed


@pytest.mark.parametrize("size", SIZES)
def test_a_call_enters_calmly_and_its_number_stands_still(
    size: tuple[int, int], setter: Typesetter
) -> None:
    call = STATES["one-call"].current
    assert call is not None
    painter = BoardPainter(size, SIGNS, setter)
    arrows, numbers = [], set()
    for entered in range(ENTRANCE + 1):
        view = replace(STATES["one-call"], current=replace(call, entered=entered))
        changed = painter.paint(view)
        assert len(changed) == 6 if not entered else changed == (painter.layout.place.tile,)
        assert_all_is_in_its_place(painter, size)
        place = [p for p in painter.placed if painter.layout.place.tile.holds(p.box)]
        arrows.append(max(p.box for p in place if p.what == "<arrow>" and p.box.height > 60))
        numbers |= {p.box for p in place if p.what == "A017"}
    assert len(numbers) == 1
    lefts = [arrow.left for arrow in arrows]
    steps = [after - before for before, after in itertools.pairwise(lefts)]
    # It moves one way, slower and slower, and not far.
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > 0
    assert lefts[-1] - lefts[0] < size[0] * 0.05
    final = paint("one-call", size, setter).picture
    assert ImageChops.difference(painter.picture, final).getbbox() is None
