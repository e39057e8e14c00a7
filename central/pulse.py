"""Tells systemd that a central process works, from the loop that does the work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.service_manager import ServiceManager

EVERY_S: Final = 5.0
"""The units wait for 30 s: a disk that syncs slowly is no reason to be killed."""


class Pulse:
    """Call it in each round: the first one says that the process is ready.

    Args:
        manager: Who started us.
        monotonic: Gives seconds.
    """

    def __init__(
        self, manager: ServiceManager, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._manager = manager
        self._monotonic = monotonic
        self._fed_s: float | None = None

    def __call__(self) -> None:
        """Note that the loop turns."""
        now_s = self._monotonic()
        if self._fed_s is None:
            self._manager.ready()
        elif now_s - self._fed_s < EVERY_S:
            return
        self._fed_s = now_s
        self._manager.feed_watchdog()

    def stopping(self) -> None:
        """Say that the process ends in order."""
        self._manager.stopping()
