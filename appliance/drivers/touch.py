"""What visitors touch: a screen that feels fingers, the mouse in their place, and keys.

A number pad on a cable, or the large buttons of a case for people who cannot use a screen, are
keyboards to the system. So keys have names of their own here, and what they mean says the kiosk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from appliance.drivers.monitor import Monitor

if TYPE_CHECKING:
    from collections.abc import Sequence


class Finger(NamedTuple):
    """A finger came down on the picture, or the mouse's first button.

    Args:
        x: From its left edge, in pixels.
        y: From its upper edge.
    """

    x: int
    y: int


class KeyDown(NamedTuple):
    """A key came down.

    Args:
        name: The sign that it writes, in capitals; or `enter`, `backspace`, `escape`, `f1` and on,
            `tab`, `shift-tab`, `left`, `right`, `up`, `down`.
    """

    name: str


Felt = Finger | KeyDown


class TouchMonitor(Monitor, Protocol):
    """A monitor that feels. A finger counts once, when it comes down; so does a key."""

    def felt(self) -> Sequence[Felt]:
        """Give what was felt since it was asked last, in order; returns at once.

        `pump` must be called before, as for any monitor.
        """
        ...
