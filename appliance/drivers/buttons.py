"""The buttons at the entrance: a press is a wish for a number, a kept finger is not a second one.

A press is told when the finger comes down, so that the number is there when it leaves: who keeps
the finger there until something happens must get one too. People press again when nothing seems to
happen: in a while one press counts for each button. A button that stays down is stuck, or somebody
leans on it: it gives nothing more until it has been left alone for a while, and the others work on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from appliance.drivers.pins import claiming
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path
    from typing import Any

log = logging.getLogger(__name__)

HELP: Final = "help"
"""The button for who needs somebody. No service is called so: their codes are upper case."""

BOUNCE_S = 0.05
"""Contacts bounce for less than that, and nobody lets go and presses again in it."""
STUCK_S = 20.0
"""No finger stays that long."""
REST_S = 10.0
"""A stuck contact that lets go for a moment is still stuck; after so long it is well again."""
STOP_S = 3.0
READ_BYTES = 4096


class ButtonsError(LobbyError):
    """The buttons cannot be used; the sentence says what to do."""


class Buttons(Protocol):
    """A panel of buttons. `close()` twice is fine."""

    def open(self, pressed: Callable[[str], None]) -> None:
        """Begin to watch; returns at once.

        Args:
            pressed: Called with the service of each press that counts, or `HELP`, from another
                thread.

        Raises:
            ButtonsError: There are no such buttons here.
        """

    def stuck(self) -> Sequence[str]:
        """Give the services, and `HELP`, whose buttons stay down; returns at once."""

    def close(self) -> None:
        """Stop watching; blocks for 3 s at most."""


@dataclass(slots=True)
class Contact:
    """What the contact of one button does, and what that means. Times are monotonic seconds.

    Its caller tells of every edge from one thread; others may ask at any time.

    Args:
        per_press_s: One press counts in this time.
        bounce_s: What closes again so soon bounced.
    """

    per_press_s: float
    bounce_s: float = BOUNCE_S
    _counted_s: float = float("-inf")
    _since_s: float = float("-inf")
    _up_s: float = float("-inf")
    _is_down: bool = False

    def down(self, now_s: float) -> bool:
        """Note that it closed; True: a press that counts."""
        if self._is_down:
            return False
        self._is_down = True
        bounced = now_s - self._up_s < self.bounce_s
        if bounced or self._rests(now_s):
            return False
        self._since_s = now_s
        if now_s - self._counted_s < self.per_press_s:
            return False
        self._counted_s = now_s
        return True

    def was_down(self, now_s: float) -> None:
        """Note that it is closed as the watch begins: nobody knows since when, and it is no press.

        It is stuck if it stays so.
        """
        self._is_down = True
        self._since_s = now_s

    def up(self, now_s: float) -> None:
        """Note that it opened."""
        if self._is_down:
            self._is_down, self._up_s = False, now_s

    def is_stuck(self, now_s: float) -> bool:
        """Tell whether it stays down."""
        if self._is_down:
            return now_s - self._since_s >= STUCK_S
        return self._rests(now_s)

    def _rests(self, now_s: float) -> bool:
        """Tell whether it was stuck a moment ago."""
        return self._up_s - self._since_s >= STUCK_S and now_s - self._up_s < REST_S


class GpioButtons:
    """Push buttons between a GPIO pin and ground, through gpiozero.

    Args:
        pins: Service, or `HELP` → BCM number of its pin.
        per_press: One press of a button counts in this time.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        pins: Mapping[str, int],
        per_press: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pins = dict(pins)
        self._per_press_s = per_press.total_seconds()
        self._monotonic = monotonic
        self._contacts: dict[str, Contact] = {}
        self._open = contextlib.ExitStack()

    def open(self, pressed: Callable[[str], None]) -> None:
        """Begin to watch; see `Buttons`."""
        with contextlib.ExitStack() as opening:
            with claiming("buttons", "[buttons] and [[button]] pins", ButtonsError):
                from gpiozero import Button  # noqa: PLC0415  (only where it is used)

                for name, pin in self._pins.items():
                    button = opening.enter_context(Button(pin, bounce_time=BOUNCE_S))
                    self._watch(button, name, pressed)
            self._open = opening.pop_all()

    def stuck(self) -> Sequence[str]:
        """Give those that stay down."""
        now_s = self._monotonic()
        return [name for name, contact in self._contacts.items() if contact.is_stuck(now_s)]

    def close(self) -> None:
        """Let go of the pins."""
        self._open.close()
        self._contacts.clear()

    def _watch(self, button: Any, name: str, pressed: Callable[[str], None]) -> None:  # noqa: ANN401  (gpiozero has no types)
        contact = self._contacts[name] = Contact(self._per_press_s)

        def down() -> None:
            if contact.down(self._monotonic()):
                pressed(name)

        def up() -> None:
            contact.up(self._monotonic())

        if button.is_pressed:
            contact.was_down(self._monotonic())
        button.when_pressed, button.when_released = down, up


class PipeButtons:
    """A simulated panel: each line in a named pipe, a service or `help`, is a finger on a button.

    Args:
        path: The named pipe; made when it is not there.
        per_press: One press of a button counts in this time.
    """

    def __init__(self, path: Path, per_press: timedelta) -> None:
        self._path = path
        self._per_press_s = per_press.total_seconds()
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

    def stuck(self) -> Sequence[str]:
        """None: each line is a finger that comes and goes."""
        return ()

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
        contacts: dict[str, Contact] = {}
        try:
            while not self._stop.is_set():
                readable, _, _ = select.select([pipe], [], [], 0.1)
                if not readable:
                    continue
                *lines, rest = (rest + os.read(pipe, READ_BYTES)).split(b"\n")
                for line in lines:
                    name = line.decode("ascii", "replace").strip()
                    if name and self._counts(contacts, name):
                        pressed(name)
        finally:
            os.close(pipe)

    def _counts(self, contacts: dict[str, Contact], name: str) -> bool:
        contact = contacts.setdefault(name, Contact(self._per_press_s, bounce_s=0.0))
        now_s = time.monotonic()
        counts = contact.down(now_s)
        contact.up(now_s)
        return counts


class NoButtons:
    """An entrance without buttons."""

    def open(self, pressed: Callable[[str], None]) -> None:
        """Nothing to watch."""

    def stuck(self) -> Sequence[str]:
        """None is there."""
        return ()

    def close(self) -> None:
        """Nothing to stop."""
