"""The ring of light around the camera: it answers before anybody has read a word.

One man in twelve does not see red beside green, so each meaning has a rhythm of its own too: it
glows, it stays, it swells slowly, it blinks, it goes dark now and then. Nothing is faster than
twice a second: flashing light makes some people ill (WCAG 2.3.1 draws the line at three).
"""

from __future__ import annotations

import contextlib
from enum import Enum
from itertools import chain, cycle, repeat
from math import cos, tau
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, assert_never

from appliance.drivers.pins import claiming
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_S = 0.05
"""Between two brightnesses: finer than the eye follows."""
STAYS_S = 4.0
BLIND_S = 3.0
"""Of which it is dark for the last third."""


class LampsError(LobbyError):
    """The lamps cannot be used; the sentence says what to do."""


class Light(Enum):
    """What the ring says."""

    READY = "ready"  # hold your code here
    WELCOME = "welcome"  # your number comes
    LOOK = "look"  # the screen tells you where to go
    ASK = "ask"  # somebody will help you
    BLIND = "blind"  # no code can be read now; the buttons work


class Lamps(Protocol):
    """A ring of light. `close()` twice is fine."""

    def open(self) -> None:
        """Begin with what it says at rest.

        Raises:
            LampsError: There are no such lamps here.
        """

    def show(self, light: Light) -> None:
        """Say something for 4 s, then what it says at rest; returns at once and raises nothing.

        Args:
            light: What it says; `READY` and `BLIND` are said at rest.
        """

    def rest(self, light: Light) -> None:
        """Say this from now on whenever nothing else is to be said; returns at once.

        Args:
            light: `READY`, with which it begins, or `BLIND`.
        """

    def close(self) -> None:
        """Put the light out."""


class Colour(NamedTuple):
    """How bright red, green and blue are, each from 0 to 1."""

    red: float
    green: float
    blue: float


READY, DARK = Colour(0.08, 0.08, 0.08), Colour(0.0, 0.0, 0.0)
BLIND_GLOW = 0.4
GREEN, BLUE, AMBER = Colour(0.0, 1.0, 0.2), Colour(0.0, 0.3, 1.0), Colour(1.0, 0.45, 0.0)


def pattern(light: Light) -> Iterator[Colour]:
    """Give the colours of what is said for a while, in steps of 0.05 s."""
    steps = round(STAYS_S / STEP_S)
    match light:
        case Light.READY | Light.BLIND:
            return iter(())
        case Light.WELCOME:
            return repeat(GREEN, steps)
        case Light.LOOK:
            # Swells twice.
            return (_dimmed(BLUE, (1 - cos(2 * tau * n / steps)) / 2) for n in range(steps))
        case Light.ASK:
            # Half a second on, half a second off.
            return (_dimmed(AMBER, 1.0 - n * STEP_S // 0.5 % 2) for n in range(steps))
    assert_never(light)


def at_rest(light: Light) -> Iterator[Colour]:
    """Give the colours of what is said at rest; where they end the last one stays."""
    if light is not Light.BLIND:
        return iter((READY,))
    dark = round(BLIND_S / 3 / STEP_S)
    return cycle([*[_dimmed(AMBER, BLIND_GLOW)] * (2 * dark), *[DARK] * dark])


def _dimmed(colour: Colour, share: float) -> Colour:
    return Colour(*(part * share for part in colour))


class GpioLamps:
    """A ring of red, green and blue light on three pins (through transistors), by gpiozero.

    Args:
        red: BCM number of its pin.
        green: The same.
        blue: The same.
    """

    def __init__(self, red: int, green: int, blue: int) -> None:
        self._pins = (red, green, blue)
        self._open = contextlib.ExitStack()
        self._ring: Any = None
        self._rest = Light.READY

    def open(self) -> None:
        """Begin; see `Lamps`."""
        with claiming("lamps", "the pins in [lamps]", LampsError):
            from gpiozero import RGBLED  # noqa: PLC0415  (only where it is used)

            self._ring = self._open.enter_context(RGBLED(*self._pins))
        self._ring.source_delay = STEP_S
        self.show(self._rest)

    def show(self, light: Light) -> None:
        """Have a thread of gpiozero's go through the pattern, in place of the one before."""
        if self._ring is not None:
            self._ring.source = chain(pattern(light), at_rest(self._rest))

    def rest(self, light: Light) -> None:
        """Take that up at once: it is not said often."""
        if light is not self._rest:
            self._rest = light
            self.show(light)

    def close(self) -> None:
        """Let go of the pins."""
        self._ring = None
        self._open.close()


class NoLamps:
    """An entrance without lamps."""

    def open(self) -> None:
        """Nothing to light."""

    def show(self, light: Light) -> None:
        """Nothing to show it with."""

    def rest(self, light: Light) -> None:
        """The same."""

    def close(self) -> None:
        """Nothing to put out."""
