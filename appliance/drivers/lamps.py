"""The ring of light around the camera: it answers before anybody has read a word.

One man in twelve does not see red beside green, so each meaning has a rhythm of its own too: it
stays, it swells slowly, it blinks. Nothing is faster than twice a second: flashing light makes some
people ill (WCAG 2.3.1 draws the line at three).
"""

from __future__ import annotations

import contextlib
from enum import Enum
from itertools import chain, repeat
from math import cos, tau
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_S = 0.05
"""Between two brightnesses: finer than the eye follows."""
STAYS_S = 4.0


class LampsError(LobbyError):
    """The lamps cannot be used; the sentence says what to do."""


class Light(Enum):
    """What the ring says."""

    READY = "ready"  # hold your code here
    WELCOME = "welcome"  # your number comes
    LOOK = "look"  # the screen tells you where to go
    ASK = "ask"  # somebody will help you


class Lamps(Protocol):
    """A ring of light. `close()` twice is fine."""

    def open(self) -> None:
        """Begin with `READY`.

        Raises:
            LampsError: There are no such lamps here.
        """

    def show(self, light: Light) -> None:
        """Say something for 4 s, then `READY` again; returns at once and raises nothing."""

    def close(self) -> None:
        """Put the light out."""


class Colour(NamedTuple):
    """How bright red, green and blue are, each from 0 to 1."""

    red: float
    green: float
    blue: float


REST = Colour(0.08, 0.08, 0.08)
GREEN, BLUE, AMBER = Colour(0.0, 1.0, 0.2), Colour(0.0, 0.3, 1.0), Colour(1.0, 0.45, 0.0)


def pattern(light: Light) -> Iterator[Colour]:
    """Give the colours of a light in steps of 0.05 s; the last one stays."""
    steps = round(STAYS_S / STEP_S)
    match light:
        case Light.READY:
            shown: Iterator[Colour] = iter(())
        case Light.WELCOME:
            shown = repeat(GREEN, steps)
        case Light.LOOK:
            # Swells twice.
            shown = (_dimmed(BLUE, (1 - cos(2 * tau * n / steps)) / 2) for n in range(steps))
        case Light.ASK:
            # Half a second on, half a second off.
            shown = (_dimmed(AMBER, 1.0 - n * STEP_S // 0.5 % 2) for n in range(steps))
    return chain(shown, (REST,))


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

    def open(self) -> None:
        """Begin with `READY`; see `Lamps`."""
        from gpiozero import RGBLED, GPIOZeroError  # noqa: PLC0415  (only where it is used)

        try:
            self._ring = self._open.enter_context(RGBLED(*self._pins))
        except (GPIOZeroError, OSError) as error:
            raise LampsError(
                f"the lamps cannot be used: {error}. Check the pins in [lamps], and that"
                " python3-lgpio is installed and this user is in group gpio."
            ) from error
        self._ring.source_delay = STEP_S
        self.show(Light.READY)

    def show(self, light: Light) -> None:
        """Have a thread of gpiozero's go through the pattern, in place of the one before."""
        if self._ring is not None:
            self._ring.source = pattern(light)

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

    def close(self) -> None:
        """Nothing to put out."""
