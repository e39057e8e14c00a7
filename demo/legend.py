"""What the window shows: the board, what came out of the printer, the last news, and the keys.

Nobody reads a manual before a demonstration: so each key stands on the screen with what it does
now, and can be clicked. What is in force says how it ends, and is marked by its ground and its
words: never by colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from appliance.display.canvas import Align, Canvas
from appliance.display.fonts import Weight
from appliance.display.layout import Box, Part
from demo.hands import OWN_COUNTER, Deed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from appliance.display.text import Typesetter
    from appliance.display.theme import Colour
    from appliance.strings import Texts

SIZE: Final = (1560, 1016)
"""Of the window, in units; one is a pixel where the desktop has room."""
BOARD: Final = Box(0, 0, 1280, 800)
PRINTER: Final = Box(1280, 0, 1560, 800)
NEWS: Final = Box(0, 800, 1560, 842)
KEYS: Final = Box(0, 842, 1560, 1016)
HEADING, ROW = 34, 32
SLIP: Final = Box(1296, 74, 1544, 784)
MOUTH: Final = Box(1288, 62, 1552, 74)

INK: Final = (238, 242, 248)
SOFT: Final = (176, 188, 204)
GROUND: Final = (22, 28, 38)
NEWS_GROUND: Final = (36, 45, 60)
CAP: Final = (62, 76, 98)
CASE: Final = (214, 219, 226)
CASE_INK: Final = (22, 28, 38)
SLOT: Final = (40, 44, 52)
LASTING: Final = (255, 205, 64)
DARK: Final = (0, 0, 0)

COLUMNS: Final = (
    ("visitor", (Deed.FIRST, Deed.SECOND, Deed.THIRD, Deed.HELP)),
    ("", (Deed.SCAN, Deed.AGAIN, Deed.FOREIGN)),
    ("clerk", (Deed.CALL, Deed.RECALL, Deed.NO_SHOW, Deed.FINISH)),
    ("bad_luck", (Deed.PAPER, Deed.COVER, Deed.CAMERA, Deed.NETWORK)),
    ("kill", (Deed.DESK, Deed.SCANNER, Deed.BOARD, Deed.BUS)),
    ("others", (Deed.ALONE, Deed.QUIT)),
)
LEFT: Final = (0.19, 0.17, 0.16, 0.18, 0.15, 0.15)
"""The columns' shares of the width."""


class Seen(NamedTuple):
    """What is to be seen; the same again is not drawn again.

    Args:
        board: Which picture of the board it is; None: the screen is dark.
        slips: How many slips have come out.
        news: The last line told.
        lasting: The deeds that are in force.
        down: The deed whose key was hit just now.
    """

    board: tuple[int, int] | None
    slips: int
    news: str
    lasting: frozenset[Deed]
    down: Deed | None


class Legend:
    """Draws the window's picture, and knows what stands where.

    Args:
        size: Of the window in pixels.
        setter: Sets the text.
        texts: In which language.
        services: What the first three keys take a number for, in plain words.
    """

    def __init__(
        self,
        size: tuple[int, int],
        setter: Typesetter,
        texts: Texts,
        services: tuple[str, ...],
    ) -> None:
        self._setter = setter
        self._texts = texts
        self._unit = min(size[0] / SIZE[0], size[1] / SIZE[1])
        self._names: Mapping[Deed, str] = dict(
            zip((Deed.FIRST, Deed.SECOND, Deed.THIRD), services, strict=False)
        )
        self._canvas = Canvas(Part(Box(0, 0, *size), Box(0, 0, *size)), GROUND)
        self._keys = self._lay_out()
        self.board_size = self._px(BOARD).width, self._px(BOARD).height

    @property
    def picture(self) -> Image.Image:
        """All of it."""
        return self._canvas.image

    @property
    def keys(self) -> Mapping[Deed, Box]:
        """Where each key can be clicked, in pixels."""
        return self._keys

    def deed_at(self, x: int, y: int) -> Deed | None:
        """Give the deed whose key is there; None: there is none."""
        return next(
            (
                deed
                for deed, box in self._keys.items()
                if box.left <= x < box.right and box.top <= y < box.bottom
            ),
            None,
        )

    def draw(self, seen: Seen, board: Image.Image | None, slip: Image.Image | None) -> None:
        """Draw the picture anew.

        Args:
            seen: What is to be seen.
            board: The board's picture in `board_size`; None: the screen is dark.
            slip: The last slip, as it came out of the printer.
        """
        self._canvas.fill(self._px(BOARD), DARK)
        if board is not None:
            self._canvas.picture(board, 0, 0)
        self._draw_printer(seen, slip)
        self._canvas.fill(self._px(NEWS), NEWS_GROUND)
        self._say(seen.news, NEWS.inset(24), 14, INK)
        self._canvas.fill(self._px(KEYS), GROUND)
        for (heading, _), column in zip(COLUMNS, KEYS.columns(LEFT), strict=True):
            if heading:
                title = self._texts(f"demo.keys_{heading}", counter=OWN_COUNTER)
                box = Box(column.left + 24, column.top, column.right, column.top + HEADING)
                self._say(title, box, 11, SOFT, Weight.BOLD)
        for deed in self._keys:
            self._draw_key(deed, seen)

    def _draw_printer(self, seen: Seen, slip: Image.Image | None) -> None:
        self._canvas.fill(self._px(PRINTER), CASE)
        head = PRINTER.split_top(MOUTH.top - 4)[0].inset(16)
        trouble = [each for each in (Deed.PAPER, Deed.COVER) if each in seen.lasting]
        if trouble:
            self._canvas.fill(self._px(PRINTER.split_top(MOUTH.top - 6)[0]), LASTING)
        word = f"printer_{trouble[0].name.lower()}" if trouble else "printer"
        self._say(self._texts(f"demo.{word}"), head, 14, CASE_INK, Weight.BOLD)
        if slip is not None:
            room = self._px(SLIP)
            high = round(slip.height * room.width / slip.width)
            shown = slip.convert("L").resize((room.width, high)).convert("RGB")
            self._canvas.picture(
                shown.crop((0, 0, room.width, min(high, room.height))), room.left, room.top
            )
        self._canvas.fill(self._px(MOUTH), SLOT)

    def _draw_key(self, deed: Deed, seen: Seen) -> None:
        box = self._key_box(deed)
        ground, ink = GROUND, INK
        if deed in seen.lasting:
            ground, ink = LASTING, GROUND
        elif deed is seen.down:
            ground = CAP
        self._canvas.fill(self._px(box), ground)
        cap = Box(box.left + 4, box.top + 3, box.left + 32, box.bottom - 3)
        self._canvas.fill(self._px(cap), CAP)
        self._say(deed.value.upper(), cap, 13, INK, Weight.BOLD, Align.CENTER)
        room = Box(cap.right + 10, box.top, box.right - 4, box.bottom)
        self._say(self._words(deed, seen), room, 12, ink)

    def _words(self, deed: Deed, seen: Seen) -> str:
        if deed in self._names:
            return self._names[deed]
        ends = "_ends" if deed in seen.lasting else ""
        return self._texts(f"demo.key_{deed.name.lower()}{ends}")

    def _say(
        self,
        text: str,
        box: Box,
        cap: float,
        colour: Colour,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
    ) -> None:
        """Put a line in the middle of a box's height, smaller where it is too long."""
        room = self._px(box)
        high = cap * self._unit
        line = self._setter.line(text, weight, high, room.width, least_cap=high * 0.8)
        x = room.left if align is Align.LEFT else (room.left + room.right) / 2
        self._canvas.text(line, x, (room.top + room.bottom + line.cap) / 2, colour, align)

    def _lay_out(self) -> Mapping[Deed, Box]:
        return {deed: self._px(self._key_box(deed)) for _, deeds in COLUMNS for deed in deeds}

    @staticmethod
    def _key_box(deed: Deed) -> Box:
        for (_, deeds), column in zip(COLUMNS, KEYS.columns(LEFT), strict=True):
            if deed in deeds:
                top = column.top + HEADING + deeds.index(deed) * ROW
                return Box(column.left + 20, top, column.right - 8, top + ROW)
        raise LookupError(deed)

    def _px(self, box: Box) -> Box:
        return Box(*(round(edge * self._unit) for edge in box))
