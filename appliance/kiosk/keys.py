"""What a key means on the kiosk: only what could be touched there as well. Pure.

For who cannot use the screen: a number pad, or large keys in the case. A digit is the tile that
stands there, counted in reading order, or the sign of a short number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.display import kiosk_view as page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEANINGS: Final[Mapping[str, Sequence[str]]] = {
    "enter": (page.TAKE, page.ENTER, page.STAY, page.HOME),
    "escape": (page.BACK, page.HOME),
    "backspace": (page.ERASE, page.BACK),
    "f1": (page.HELP,),
    "f2": (page.LARGE,),
    "f3": (page.ASSISTANCE,),
    "+": (page.MORE,),
}
"""Key → actions: the first of them that can be touched."""
ONWARDS: Final = frozenset({"tab", "right", "down"})
BACKWARDS: Final = frozenset({"shift-tab", "left", "up"})
"""These lead a ring from button to button; Enter touches the one that is in it."""
SWAPPED: Final[Mapping[str, str]] = {"left": "right", "right": "left"}
"""Where a line begins on the right."""
DIGITS: Final = tuple("123456789")
TILES: Final = frozenset({page.SERVICE, page.REDIRECT, page.WISH})


def next_of(key: str, focus: str, actions: Sequence[str], *, mirrored: bool = False) -> str | None:
    """Give the action that the ring goes to; None: this key does not lead it.

    Args:
        key: Its name, as in `drivers.touch`.
        focus: Where the ring is; empty, or nothing that is there: nowhere yet.
        actions: What can be touched, in reading order.
        mirrored: That runs from right to left.
    """
    if mirrored:
        key = SWAPPED.get(key, key)
    if key not in ONWARDS | BACKWARDS or not actions:
        return None
    step = 1 if key in ONWARDS else -1
    if focus not in actions:
        return actions[0 if step > 0 else -1]
    return actions[(actions.index(focus) + step) % len(actions)]


def action_of(key: str, actions: Sequence[str], focus: str = "") -> str:
    """Give the action that a key stands for; empty: none.

    Args:
        key: Its name, as in `drivers.touch`.
        actions: What can be touched, in reading order.
        focus: What is in the ring.
    """
    if key == "enter" and focus in actions:
        return focus
    if f"{page.DIGIT}:{key}" in actions:
        return f"{page.DIGIT}:{key}"
    tiles = [action for action in actions if action.partition(":")[0] in TILES]
    if key in DIGITS[: len(tiles)]:
        return tiles[DIGITS.index(key)]
    return next((action for action in MEANINGS.get(key, ()) if action in actions), "")
