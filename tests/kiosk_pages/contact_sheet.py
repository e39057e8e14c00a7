"""The kiosk's pages side by side, for docs/kiosk.md: `python -m tests.kiosk_pages.contact_sheet`.

Made of the golden pictures, so that the documentation shows what the tests hold the kiosk to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from appliance.display.board import BoardPainter
from appliance.display.fonts import Weight, find_fonts
from appliance.display.kiosk_layout import overlay_box
from appliance.display.text import Typesetter
from tests.board.contact_sheet import GAP, INK, LABEL, PICTURES, TABLE
from tests.board.states import BOARDS
from tests.board.states import SIGNS as BOARD_SIGNS
from tests.kiosk_pages.test_kiosk_pictures import GOLDEN
from tests.kiosk_pages.views import LANDSCAPE

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDE, HIGH = 600, 338

PAGES = (
    ("welcome-1920x1080", "what a visitor finds"),
    ("welcome-many-1920x1080", "eleven services"),
    ("hold-up-1920x1080", "how a code is held up"),
    ("short-number-1920x1080", "a short number"),
    ("service-1920x1080", "before a number is taken"),
    ("told-1920x1080", "a number was taken"),
    ("told-number-1920x1080", "the same without paper"),
    ("told-way-1920x1080", "a number that is called"),
    ("told-ask-1920x1080", "some other code"),
    ("redirect-service-1920x1080", "where to go instead"),
    ("redirect-booked-1920x1080", "only with an appointment"),
    ("emergency-1920x1080", "an emergency"),
    ("help-1920x1080", "help"),
    ("still-there-1920x1080", "nothing was touched for a while"),
    ("closed-1920x1080", "closed"),
    ("cut-off-1920x1080", "the desk does not answer"),
)
LANGUAGES = (
    ("welcome-ar-1920x1080", "Arabic: everything is on the other side"),
    ("short-number-ar-1920x1080", "but what is read from left to right"),
    ("welcome-uk-1920x1080", "Ukrainian; what a site has not translated stays German"),
    ("welcome-large-1920x1080", "large type and high contrast, by one button"),
    ("service-large-1920x1080", "the same"),
    ("told-number-large-1920x1080", "the same"),
)
UPRIGHT = (
    ("welcome-many-1080x1920", "what a visitor finds"),
    ("service-1080x1920", "before a number is taken"),
    ("short-number-1080x1920", "a short number"),
    ("told-way-1080x1920", "a number that is called"),
)
OVER = (
    ("welcome-many-1920x1080-overlay", "over a board, while somebody uses it"),
    ("service-1920x1080-overlay", "the current call stays in sight"),
)


def golden(name: str) -> Image.Image:
    """Give a golden picture; an overlay with the board that it lies on."""
    with Image.open(GOLDEN / f"{name}.png") as picture:
        drawn = picture.convert("RGB")
    if not name.endswith("-overlay"):
        return drawn
    board = BoardPainter(LANDSCAPE, BOARD_SIGNS, Typesetter(find_fonts()))
    board.paint(BOARDS["one-call"])
    board.picture.paste(drawn, overlay_box(LANDSCAPE)[:2])
    return board.picture


def sheet(pictures: Iterable[tuple[str, str]], columns: int, size: tuple[int, int]) -> Image.Image:
    """Lay pictures on a table, each with what it shows below it."""
    setter = Typesetter(find_fonts())
    listed = tuple(pictures)
    step_x, step_y = size[0] + GAP, size[1] + LABEL + GAP
    rows = -(-len(listed) // columns)
    table = Image.new("RGB", (columns * step_x + GAP, rows * step_y + GAP), TABLE)
    for place, (name, label) in enumerate(listed):
        x, y = GAP + place % columns * step_x, GAP + place // columns * step_y
        table.paste(golden(name).resize(size, Image.Resampling.LANCZOS), (x, y))
        line = setter.line(label, Weight.REGULAR, 15, size[0])
        table.paste(INK, (x + line.left, y + size[1] + 30 + line.top), line.mask)
    return table


def main() -> None:
    """Write the sheets."""
    for name, drawn in (
        ("kiosk-pages", sheet(PAGES, 4, (WIDE, HIGH))),
        ("kiosk-languages", sheet(LANGUAGES, 3, (WIDE, HIGH))),
        ("kiosk-upright", sheet(UPRIGHT, 4, (HIGH, WIDE))),
        ("kiosk-over-board", sheet(OVER, 2, (WIDE, HIGH))),
    ):
        reduced = drawn.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
