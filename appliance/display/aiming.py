"""The picture for the person who mounts the camera: what it sees, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

from appliance.display.fonts import Weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.display.text import Typesetter

BAND: Final = 0.2
"""Share of the height that the words have, below the picture."""

ROWS: Final = 3
CAPITALS: Final = 0.46
"""Of a row's height."""
SMALLEST: Final = 0.55
"""So much smaller a long sentence may become before it is cut."""

_INK, _FINE, _NOT_FINE = (255, 255, 255), (0, 92, 40), (120, 52, 0)
_FRAME = {True: (0, 220, 90), False: (255, 160, 0)}


class AimPainter:
    """Draws a whole screen.

    Args:
        size: Width and height in pixels.
        setter: What it sets its words with.
    """

    def __init__(self, size: tuple[int, int], setter: Typesetter) -> None:
        self._size = size
        self._setter = setter
        self._band = round(size[1] * BAND)

    @property
    def room(self) -> tuple[int, int]:
        """Width and height that there is for the camera's picture, in pixels."""
        return self._size[0], self._size[1] - self._band

    def paint(
        self,
        view: Image.Image,
        corners: Sequence[tuple[float, float]],
        words: Sequence[str],
        *,
        fine: bool,
    ) -> Image.Image:
        """Give the screen.

        Args:
            view: What the camera sees, no larger than `room`.
            corners: Of the code, as shares of the view's width and height; may be empty.
            words: The most important first. There is room for three: the last one stays, and the
                first two.
            fine: Whether all is as it should be; the first word says it too.
        """
        width, height = self._size
        screen = Image.new("RGB", self._size)
        room_width, room_height = self.room
        scale = min(room_width / view.width, room_height / view.height)
        shown = view.resize((round(view.width * scale), round(view.height * scale)))
        left, top = (room_width - shown.width) // 2, (room_height - shown.height) // 2
        screen.paste(shown.convert("RGB"), (left, top))
        if corners:
            outline = [(left + x * shown.width, top + y * shown.height) for x, y in corners]
            ImageDraw.Draw(screen).line(
                [*outline, outline[0], outline[1]], _FRAME[fine], max(3, height // 180)
            )
        band_top = height - self._band
        screen.paste(_FINE if fine else _NOT_FINE, (0, band_top, width, height))
        self._write(screen, words, band_top)
        return screen

    def _write(self, screen: Image.Image, words: Sequence[str], band_top: int) -> None:
        rows = [*words[: ROWS - 1], words[-1]] if len(words) > ROWS else words
        margin = self._band // 8
        row = (self._band - margin) / ROWS
        for number, sentence in enumerate(rows):
            weight = Weight.REGULAR if number else Weight.BOLD
            cap = row * CAPITALS
            room = screen.width - 2 * margin
            line = self._setter.line(sentence, weight, cap, room, least_cap=cap * SMALLEST)
            baseline = band_top + margin / 2 + (number + (1 + CAPITALS) / 2) * row
            screen.paste(_INK, (margin + line.left, round(baseline) + line.top), line.mask)
