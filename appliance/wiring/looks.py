"""From settings to what the board looks like: its painter, its night, its slides."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from appliance.display.board import BoardPainter
from appliance.display.board_around import Around
from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter
from appliance.errors import LobbyError
from appliance.wiring import attached, lobby

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance import config
    from appliance.board.resting import Resting
    from appliance.display.board_view import Hung
    from appliance.display.theme_file import Dress

log = logging.getLogger(__name__)


def painter(settings: config.Settings, size: tuple[int, int]) -> BoardPainter:
    """Build what draws the board, in the office's look where it has one that can be used."""
    signs = lobby.signs(settings)
    if settings.look.theme is None and not settings.look.night:
        return BoardPainter(size, signs, Typesetter(find_fonts()))
    from appliance.display.picture_file import read_picture
    from appliance.display.theme_file import Dress

    dress, logo = Dress(), None
    try:
        dress = _dress(settings)
        logo = read_picture(dress.logo, size) if dress.logo else None
    except LobbyError as error:
        # A board in other colours is better than none.
        log.warning("%s The board goes on in the product's own look.", error)
    for warning in dress.warnings:
        log.warning("%s", warning)
    setter = Typesetter(find_fonts(first=dress.font))
    return BoardPainter(size, signs, setter, dress.day, dress.night, logo)


def check(settings: config.Settings) -> None:
    """See whether the theme could be worn as it is.

    Raises:
        LobbyError: It could not; the sentence says what to mend.
    """
    dress = _dress(settings) if settings.look.theme else None
    if dress and dress.warnings:
        raise LobbyError(dress.warnings[0])
    if dress and dress.logo:
        from appliance.display.picture_file import read_picture

        read_picture(dress.logo, (1, 1))


def around(settings: config.Settings) -> Around:
    """Give what the board shows by the clock alone."""
    return Around(len(settings.site.languages) - 1, night=settings.look.night)


def resting(settings: config.Settings) -> AbstractContextManager[Resting | None]:
    """Build what lets the screen rest at night; None: it is never switched off."""
    power = attached.screen_power(settings.board)
    if power is None or not settings.look.night:
        return nullcontext()
    from appliance.board.resting import Resting

    return Resting(power, around(settings).is_night)


def trouble(resting: Resting | None) -> str:
    """Give what a board says of its screen on the bus: why it may be dark; empty: it is not."""
    return resting.trouble if resting else ""


def slides(
    settings: config.Settings, board: BoardPainter, hand_on: Callable[[Hung], None]
) -> AbstractContextManager[object]:
    """Build what watches the folder of slides, where there is one."""
    chosen = settings.slides
    if chosen.folder is None:
        return nullcontext()
    from appliance.board.slide_folder import SlideFolder

    tile = board.layout.waits.tile
    return SlideFolder(
        chosen.folder, (tile.width, tile.height), chosen.between.total_seconds(), hand_on
    )


def _dress(settings: config.Settings) -> Dress:
    from appliance.display.theme_file import Dress, read_theme

    return read_theme(settings.look.theme) if settings.look.theme else Dress()
