"""The colours of who does not see well: black, white and yellow, 21 : 1 and 15 : 1.

Dark on purpose: for many with a clouded lens a white screen is a lamp in the face.
"""

from __future__ import annotations

from appliance.display.theme import Colour, Pair, Theme

_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_YELLOW: Colour = (255, 221, 0)
_GREEN: Colour = (95, 230, 140)
_BLUE: Colour = (120, 205, 255)
_ORANGE: Colour = (255, 178, 102)

_PLAIN = Pair(_WHITE, _BLACK)

STARK = Theme(
    head=_PLAIN,
    head_soft=_PLAIN,
    call=Pair(_BLACK, _YELLOW),
    call_soft=Pair(_BLACK, _YELLOW),
    call_sign=Pair(_BLACK, _YELLOW),
    rest=_PLAIN,
    rest_soft=_PLAIN,
    rest_sign=_PLAIN,
    page=_PLAIN,
    page_soft=_PLAIN,
    page_sign=_PLAIN,
    priority=Pair(_YELLOW, _BLACK),
    priority_soft=_PLAIN,
    priority_sign=Pair(_YELLOW, _BLACK),
    badge=Pair(_BLACK, _WHITE),
    warn=Pair(_BLACK, _YELLOW),
    done=_PLAIN,
    done_soft=_PLAIN,
    done_sign=Pair(_GREEN, _BLACK),
    told=_PLAIN,
    told_soft=_PLAIN,
    told_sign=Pair(_BLUE, _BLACK),
    ask=_PLAIN,
    ask_soft=_PLAIN,
    ask_sign=Pair(_ORANGE, _BLACK),
    hairline=_WHITE,
)
