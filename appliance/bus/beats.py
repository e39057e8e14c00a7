"""Which processes are alive: by what they say, and by whether they go on saying it.

The broker keeps a process's last beat. A process that hangs keeps its connection, so that no will
is published, and its last beat says "up" for ever: only a beat that comes live proves life.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from appliance.bus.messages.alive import Presence
from appliance.bus.presence import BEAT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SILENT_AFTER_S = 3 * BEAT_S


class Life(StrEnum):
    """How a process is."""

    UP = "up"
    DOWN = "down"
    """It said so, or the broker did when it was lost."""
    SILENT = "silent"
    """It said that it is up, and then no more: it hangs."""
    ABSENT = "absent"
    """It should be there, and was not heard of."""


@dataclass(frozen=True, slots=True, order=True)
class Process:
    """A process of ours.

    Args:
        device: Id of its device.
        name: `desk`, `scanner` or `board`.
    """

    device: str
    name: str


@dataclass(frozen=True, slots=True)
class Being:
    """How a process is.

    Args:
        life: None: not known yet.
        detail: What it says of itself.
    """

    life: Life | None
    detail: str = ""


@dataclass(slots=True)
class _Heard:
    since_s: float
    presence: Presence | None = None
    beat_s: float | None = None


class Beats:
    """Listens to beats.

    Args:
        expected: Processes that should be there.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self, expected: Iterable[Process], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._deaf = False
        self._heard = {each: _Heard(monotonic()) for each in sorted(expected)}

    def hear(self, process: Process, presence: Presence, *, retained: bool) -> None:
        """Take in what a process says."""
        now_s = self._monotonic()
        heard = self._heard.setdefault(process, _Heard(now_s))
        heard.presence = presence
        if not retained:
            heard.beat_s = now_s

    def deafen(self) -> None:
        """Take in that the bus is gone: nothing is known until `begin_anew`."""
        self._deaf = True

    def begin_anew(self) -> None:
        """Take in that the bus is there: what was said before proves nothing now."""
        self._deaf = False
        for process in self._heard:
            self._heard[process] = _Heard(self._monotonic())

    def look(self) -> Mapping[Process, Being]:
        """Tell how each process is, now."""
        return {process: self._being(heard) for process, heard in sorted(self._heard.items())}

    def _being(self, heard: _Heard) -> Being:
        detail = heard.presence.detail if heard.presence else ""
        if self._deaf:
            return Being(None, detail)
        if heard.presence is not None and heard.presence.state != "up":
            return Being(Life.DOWN, detail)
        last_s = heard.since_s if heard.beat_s is None else heard.beat_s
        if self._monotonic() - last_s > SILENT_AFTER_S:
            return Being(Life.ABSENT if heard.presence is None else Life.SILENT, detail)
        return Being(None if heard.beat_s is None else Life.UP, detail)
