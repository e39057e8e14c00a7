"""A lamp beside the lens, lit for the moment of an exposure for paper.

On a screen the lamp is a mirror image and nothing else, so it is dark whenever an exposure for
screens is taken: see `exposure`. It hangs on a pin of the scanner's Pi (through a transistor), and
is no part of the ring of light, which speaks to people and belongs to the desk.
"""

from __future__ import annotations

from typing import Any, Protocol

from appliance.drivers.lamps import LampsError


class ExposureLamp(Protocol):
    """A lamp. `close()` twice is fine."""

    def light(self, *, on: bool) -> None:
        """Switch it; returns at once and raises nothing."""

    def close(self) -> None:
        """Put it out and let go of it."""


class NoExposureLamp:
    """There is none."""

    def light(self, *, on: bool) -> None:
        """Nothing to light."""

    def close(self) -> None:
        """Nothing to put out."""


class GpioExposureLamp:
    """A lamp on one of the Pi's pins, by gpiozero.

    Args:
        pin: BCM number.

    Raises:
        LampsError: The pin can't be used.
    """

    def __init__(self, pin: int) -> None:
        from gpiozero import DigitalOutputDevice, GPIOZeroError  # noqa: PLC0415  (only where it is used)

        try:
            self._pin: Any = DigitalOutputDevice(pin)
        except (GPIOZeroError, OSError) as error:
            raise LampsError(
                f"the exposure lamp cannot be used: {error}. Check lamp_pin in [camera], and that"
                " python3-lgpio is installed and this user is in group gpio."
            ) from error

    def light(self, *, on: bool) -> None:
        """Switch it."""
        self._pin.value = on

    def close(self) -> None:
        """Put it out and let go of the pin."""
        if not self._pin.closed:
            self._pin.off()  # closing alone leaves it as it is
            self._pin.close()
