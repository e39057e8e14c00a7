"""How the three tones look in which a visitor is told something, on the board and on the kiosk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from appliance.display.board_view import Tone
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from appliance.display.theme import Colour, Theme


class ToneLook(NamedTuple):
    """How a tone looks."""

    shape: Shape
    ground: Colour
    ink: Colour
    soft: Colour
    sign: Colour


def tone_look(theme: Theme, tone: Tone) -> ToneLook:
    """Give how a tone looks."""
    match tone:
        case Tone.DONE:
            shape, ink, soft, sign = Shape.TICK, theme.done, theme.done_soft, theme.done_sign
        case Tone.TOLD:
            shape, ink, soft, sign = Shape.INFORMATION, theme.told, theme.told_soft, theme.told_sign
        case Tone.ASK:
            shape, ink, soft, sign = Shape.QUESTION, theme.ask, theme.ask_soft, theme.ask_sign
        case _:
            assert_never(tone)
    return ToneLook(shape, ink.ground, ink.ink, soft.ink, sign.ink)
