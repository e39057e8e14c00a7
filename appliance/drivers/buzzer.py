"""The buzzer at the panel: what the ring of light says, for who does not see it.

One short tone: it is done. Two: look at the screen, or ask. It stands beside the reception for the
whole day, so it is short, and silent when nobody wants to hear it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from appliance.drivers.lamps import Light
from appliance.drivers.pins import claiming
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TONE_S: Final = 0.08
PAUSE_S: Final = 0.12
TONES: Final[Mapping[Light, int]] = {Light.WELCOME: 1, Light.LOOK: 2, Light.ASK: 2}


class BuzzerError(LobbyError):
    """The buzzer cannot be used; the sentence says what to do."""


class Buzzer(Protocol):
    """A buzzer. `close()` twice is fine."""

    def open(self) -> None:
        """Begin, silently.

        Raises:
            BuzzerError: There is no such buzzer here.
        """

    def buzz(self, light: Light) -> None:
        """Say what the ring says; returns at once and raises nothing."""

    def close(self) -> None:
        """Fall silent."""


class GpioBuzzer:
    """A buzzer with a tone of its own on a pin (through a transistor), by gpiozero.

    Args:
        pin: BCM number of its pin.
        quiet: Tells whether it is to be silent now.
    """

    def __init__(self, pin: int, quiet: Callable[[], bool] = lambda: False) -> None:
        self._pin = pin
        self._quiet = quiet
        self._open = contextlib.ExitStack()
        self._buzzer: Any = None

    def open(self) -> None:
        """Begin; see `Buzzer`."""
        with claiming("buzzer", "the pin in [buzzer]", BuzzerError):
            from gpiozero import Buzzer as Tone  # noqa: PLC0415  (only where it is used)

            self._buzzer = self._open.enter_context(Tone(self._pin))

    def buzz(self, light: Light) -> None:
        """Have a thread of gpiozero's buzz, in place of what it buzzes."""
        tones = TONES.get(light, 0)
        if self._buzzer is not None and tones and not self._quiet():
            self._buzzer.beep(on_time=TONE_S, off_time=PAUSE_S, n=tones)

    def close(self) -> None:
        """Let go of the pin."""
        self._buzzer = None
        self._open.close()


class NoBuzzer:
    """An entrance without a buzzer."""

    def open(self) -> None:
        """Nothing to begin."""

    def buzz(self, light: Light) -> None:
        """Nothing to say it with."""

    def close(self) -> None:
        """Nothing to end."""
