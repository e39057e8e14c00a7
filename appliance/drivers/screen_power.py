"""Switching a screen off at night, and on again: its light, not its picture.

A black picture costs an LCD most of its light all the same. What was looked at, for a Pi without a
desktop:

- `/sys/class/drm/*/dpms` only tells. Whoever sets a connector's DPMS has to be DRM master; that is
  SDL, inside the board's own process, which has no call for it.
- A panel at the Pi's DSI port has a backlight in sysfs, which can be written.
- A television, and some monitors, take HDMI-CEC: `cec-ctl` (package v4l-utils) speaks it through
  the kernel's own device. Not every screen obeys, and some only after CEC was switched on in their
  menu: so it is asked for by configuration, never guessed.
- DDC/CI (`ddcutil`) reaches most monitors, but one that was switched off by it often listens no
  more: a screen that stays dark with people before it is worse than one that is lit all night.

Tried with files made by hand and a stand-in for `cec-ctl`; not on a Pi, nor with a screen.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final, Protocol

from appliance.errors import LobbyError

BACKLIGHTS: Final = Path("/sys/class/backlight")
CEC: Final = Path("/dev/cec0")
CEC_DEADLINE_S: Final = 8.0
"""Getting an address on the bus takes a second or two; an answer that does not come, a few more."""
ON, OFF = b"0", b"4"
"""FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN (Documentation/ABI/stable/sysfs-class-backlight)."""
TELEVISION: Final = "0"
"""Its address in CEC (HDMI 1.4b, CEC 11.3)."""
REFUSED: Final = "Not Acknowledged"
"""What `cec-ctl` says, with exit code 0, when nobody took its message."""


class ScreenPowerError(LobbyError, OSError):
    """The screen could not be switched; the sentence says what to do."""


class ScreenPower(Protocol):
    """Something that lights a screen, or lets it rest."""

    def switch(self, *, on: bool) -> None:
        """Light the screen, or let it rest; twice is fine.

        Blocks for 8 s at most.

        Raises:
            ScreenPowerError: It could not be done. How the screen is now is not known.
        """
        ...


class Backlight:
    """The backlights of panels at the Pi's DSI port; all of them at once.

    Args:
        folder: Where the kernel lists them; another one in tests.
    """

    def __init__(self, folder: Path = BACKLIGHTS) -> None:
        self._folder = folder

    def switch(self, *, on: bool) -> None:
        """Write `bl_power` of each; see `ScreenPower`."""
        panels = sorted(self._folder.glob("*/bl_power"))
        if not panels:
            raise ScreenPowerError(
                f"no panel with a backlight is in {self._folder}: choose another standby in "
                "[board], or none"
            )
        for panel in panels:
            try:
                _write(panel, ON if on else OFF)
            except OSError as error:
                raise ScreenPowerError(
                    f"the backlight {panel} can't be switched ({error.strerror}): docs/board.md, "
                    '"Night", says what gives the board the right to'
                ) from error


class Cec:
    """A screen at the HDMI port, through HDMI-CEC.

    Args:
        device: The kernel's CEC device of that port.
        program: `cec-ctl`.
    """

    def __init__(self, device: Path = CEC, program: str = "cec-ctl") -> None:
        self._device = device
        self._program = program

    def switch(self, *, on: bool) -> None:
        """Send <Image View On>, or <Standby>, to the television; see `ScreenPower`."""
        message = "--image-view-on" if on else "--standby"
        command = [
            self._program,
            f"--device={self._device}",
            "--playback",
            f"--to={TELEVISION}",
            message,
        ]
        try:
            done = subprocess.run(  # noqa: S603  (no shell; the program is ours to choose)
                command, check=False, capture_output=True, text=True, timeout=CEC_DEADLINE_S
            )
        except FileNotFoundError as error:
            raise ScreenPowerError(
                f"{self._program} is not installed: install the package v4l-utils, or choose "
                "another standby in [board]"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise ScreenPowerError(
                f"the screen was not switched: {self._program} did not end within "
                f"{CEC_DEADLINE_S:.0f} s. Unplug the screen's HDMI cable and plug it in again."
            ) from error
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise ScreenPowerError(
                f"the screen was not switched: {said[-1] if said else 'cec-ctl said nothing'}. "
                f"Look at {self._device}, and at the cable."
            )
        if REFUSED in done.stdout:
            raise ScreenPowerError(
                "the screen does not answer to HDMI-CEC: switch CEC on in its menu, or choose "
                "another standby in [board]"
            )


class SimulatedScreen:
    """A screen of which a test sees whether it is lit.

    Attributes:
        lit: Whether it is.
        switched: What it was asked for, in order.
    """

    def __init__(self) -> None:
        self.lit = True
        self.switched: list[bool] = []
        self._deaf = False

    def switch(self, *, on: bool) -> None:
        """Obey; see `ScreenPower`."""
        if self._deaf:
            raise ScreenPowerError("the screen does not answer: plug it in")
        self.switched.append(on)
        self.lit = on

    def unplug(self) -> None:
        """Let it not answer any more."""
        self._deaf = True

    def plug_in(self) -> None:
        """Let it answer again."""
        self._deaf = False


def _write(path: Path, value: bytes) -> None:
    """Write to what is there: a file of the kernel's is never made."""
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, value)
    finally:
        os.close(handle)
