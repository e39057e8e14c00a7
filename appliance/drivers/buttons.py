"""The buttons at the entrance: a press is a wish for a number, a kept finger is not a second one.

A press is told when the finger comes down, so that the number is there when it leaves. People press
again when nothing seems to happen: in a while one press counts for each button.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
import time
from typing import TYPE_CHECKING, Protocol

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from pathlib import Path

log = logging.getLogger(__name__)

BOUNCE_S = 0.05
STOP_S = 3.0
READ_BYTES = 4096


class ButtonsError(LobbyError):
    """The buttons cannot be used; the sentence says what to do."""


class Buttons(Protocol):
    """A panel of buttons. `close()` twice is fine."""

    def open(self, pressed: Callable[[str], None]) -> None:
        """Begin to watch; returns at once.

        Args:
            pressed: Called with the service of each press that counts, from another thread.

        Raises:
            ButtonsError: There are no such buttons here.
        """

    def close(self) -> None:
        """Stop watching; blocks for 3 s at most."""


class _OncePerPress:
    """Lets a button's press through once in a while."""

    def __init__(self, per_press: timedelta) -> None:
        self._pause_s = per_press.total_seconds()
        self._last_s: dict[str, float] = {}

    def counts(self, service: str) -> bool:
        now_s = time.monotonic()
        if now_s - self._last_s.get(service, float("-inf")) < self._pause_s:
            return False
        self._last_s[service] = now_s
        return True


class GpioButtons:
    """Push buttons between a GPIO pin and ground, through gpiozero.

    Args:
        pins: Service → BCM number of its pin.
        per_press: One press of a button counts in this time.
    """

    def __init__(self, pins: Mapping[str, int], per_press: timedelta) -> None:
        self._pins = dict(pins)
        self._once = _OncePerPress(per_press)
        self._open = contextlib.ExitStack()

    def open(self, pressed: Callable[[str], None]) -> None:
        """Begin to watch; see `Buttons`."""
        from gpiozero import Button, GPIOZeroError  # noqa: PLC0415  (only where it is used)

        try:
            for service, pin in self._pins.items():
                button = self._open.enter_context(Button(pin, bounce_time=BOUNCE_S))
                button.when_pressed = self._teller(service, pressed)
        except (GPIOZeroError, OSError) as error:
            self._open.close()
            raise ButtonsError(
                f"the buttons cannot be used: {error}. Check [[button]] pins, and that"
                " python3-lgpio is installed and this user is in group gpio."
            ) from error

    def close(self) -> None:
        """Let go of the pins."""
        self._open.close()

    def _teller(self, service: str, pressed: Callable[[str], None]) -> Callable[[], None]:
        def tell() -> None:
            if self._once.counts(service):
                pressed(service)

        return tell


class PipeButtons:
    """A simulated panel: each line written to a named pipe is a finger on that service's button.

    Args:
        path: The named pipe; made when it is not there.
        per_press: One press of a button counts in this time.
    """

    def __init__(self, path: Path, per_press: timedelta) -> None:
        self._path = path
        self._once = _OncePerPress(per_press)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, pressed: Callable[[str], None]) -> None:
        """Begin to watch; see `Buttons`."""
        try:
            if not self._path.is_fifo():
                os.mkfifo(self._path, 0o600)
            # Open for both ends: so it is never at its end when a writer leaves.
            pipe = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            raise ButtonsError(
                f"buttons.pipe {self._path} cannot be used as a named pipe: {error}."
            ) from error
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._watch, args=(pipe, pressed), name="buttons", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(STOP_S)
        if thread.is_alive():
            raise ButtonsError(f"thread '{thread.name}' did not stop within {STOP_S:.0f} s")

    def _watch(self, pipe: int, pressed: Callable[[str], None]) -> None:
        rest = b""
        try:
            while not self._stop.is_set():
                readable, _, _ = select.select([pipe], [], [], 0.1)
                if not readable:
                    continue
                *lines, rest = (rest + os.read(pipe, READ_BYTES)).split(b"\n")
                for line in lines:
                    service = line.decode("ascii", "replace").strip()
                    if service and self._once.counts(service):
                        pressed(service)
        finally:
            os.close(pipe)


class NoButtons:
    """An entrance without buttons."""

    def open(self, pressed: Callable[[str], None]) -> None:
        """Nothing to watch."""

    def close(self) -> None:
        """Nothing to stop."""
