"""The board's states side by side, for docs/board.md: `python -m tests.board.contact_sheet`.

Made of the golden pictures, so that the documentation shows what the tests hold the board to.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from appliance.display.fonts import Weight, find_fonts
from appliance.display.text import Typesetter

GOLDEN = Path(__file__).parent / "golden"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
TABLE = (226, 230, 236)
INK = (40, 48, 62)
WIDE, HIGH = 600, 338
GAP, LABEL = 28, 44

STATES = (
    ("one-call-1920x1080", "one call"),
    ("four-calls-1920x1080", "four calls at once"),
    ("recall-1920x1080", "called again"),
    ("called-1920x1080", "nobody new"),
    ("idle-1920x1080", "before the first call"),
    ("slide-1920x1080", "a slide in turn with the waits"),
    ("announced-1920x1080", "staff tell everyone something"),
    ("unattended-1920x1080", "people wait, no counter is open"),
    ("closed-1920x1080", "closed"),
    ("offline-1920x1080", "cut off from the centre"),
    ("stale-1920x1080", "no news from the desk"),
    ("starting-1920x1080", "starting"),
    ("scanned-1920x1080", "a code was read"),
    ("number-1920x1080", "the same without paper"),
    ("wrong-day-more-1920x1080", "an appointment of another day"),
    ("called-night-1920x1080", "by night"),
)
LANGUAGES = (
    ("one-call-uk-1920x1080", "Ukrainian first"),
    ("called-tr-1920x1080", "Turkish first"),
    ("wrong-day-ar-1920x1080", "German and Arabic"),
)
UPRIGHT = (
    ("one-call-1080x1920", "one call"),
    ("slide-1080x1920", "a slide"),
    ("scanned-1080x1920", "a code was read"),
    ("called-night-1080x1920", "by night"),
)


def sheet(
    pictures: tuple[tuple[str, str], ...], columns: int, size: tuple[int, int]
) -> Image.Image:
    """Lay pictures on a table, each with what it shows below it."""
    setter = Typesetter(find_fonts())
    rows = -(-len(pictures) // columns)
    step_x, step_y = size[0] + GAP, size[1] + LABEL + GAP
    table = Image.new("RGB", (columns * step_x + GAP, rows * step_y + GAP), TABLE)
    for place, (name, label) in enumerate(pictures):
        x, y = GAP + place % columns * step_x, GAP + place // columns * step_y
        with Image.open(GOLDEN / f"{name}.png") as picture:
            table.paste(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), (x, y))
        line = setter.line(label, Weight.REGULAR, 15, size[0])
        table.paste(INK, (x + line.left, y + size[1] + 30 + line.top), line.mask)
    return table


def main() -> None:
    """Write the sheets."""
    for name, drawn in (
        ("board-states", sheet(STATES, 4, (WIDE, HIGH))),
        ("board-languages", sheet(LANGUAGES, 3, (WIDE, HIGH))),
        ("board-upright", sheet(UPRIGHT, 4, (HIGH, WIDE))),
    ):
        reduced = drawn.quantize(128, dither=Image.Dither.NONE)
        reduced.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
