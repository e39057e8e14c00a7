"""One look at a lobby, from what the broker keeps, and whether it can be believed.

How old a kept message is, nobody can tell from it alone: its time is the desk's, and ours may be
another. So it counts as fresh if a live one came; or if the desk is alive and its time fits ours.
Where it does not fit, one more live message is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from appliance.bus.beats import Being, Life, Process
from appliance.bus.link import Connected, Disconnected
from appliance.bus.messages.alive import Health
from appliance.bus.messages.shown import Board, Wait
from appliance.bus.messages.staff import Alarms, Promise, Tickets

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.beats import Beats
    from appliance.console.ear import Ear, Word

TOLD_WITHIN_S = 12.0
"""The desk tells everyone how the line stands every 10 s, whatever happens."""
_LOOK_S = 0.1


@dataclass(slots=True)
class Picture:
    """What the desk told last, of each kind; None: nothing.

    Attributes:
        live: Some of it came while we listened.
    """

    board: Board | None = None
    wait: Wait | None = None
    promise: Promise | None = None
    tickets: Tickets | None = None
    alarms: Alarms | None = None
    health: Health | None = None
    live: bool = False

    def take(self, word: Word, *, retained: bool) -> None:
        """Take in a message."""
        self.live = self.live or not retained
        match word:
            case Board():
                self.board = word
            case Wait():
                self.wait = word
            case Promise():
                self.promise = word
            case Tickets():
                self.tickets = word
            case Alarms():
                self.alarms = word
            case Health():
                self.health = word
            case _:
                assert_never(word)


@dataclass(frozen=True, slots=True)
class Look:
    """How a lobby is.

    Args:
        processes: Those that should be there, and others that were heard.
        picture: What the desk told.
        fresh: It can be believed.
        now: Our own time of the look.
    """

    processes: Mapping[Process, Being]
    picture: Picture = field(default_factory=Picture)
    fresh: bool = False
    now: datetime | None = None

    @property
    def as_of(self) -> datetime | None:
        """Desk time at which the picture was true."""
        return None if self.picture.board is None else self.picture.board.as_of

    @property
    def fine(self) -> bool:
        """Whether all is as it should be."""
        alive = all(being.life is Life.UP for being in self.processes.values())
        alarms = self.picture.alarms
        return alive and self.fresh and alarms is not None and not alarms.alarms


def look(ear: Ear, beats: Beats, now: Callable[[], datetime]) -> Look:
    """Look; blocks for 2 s where all is well, up to `TOLD_WITHIN_S` where it is not.

    Args:
        ear: Open.
        beats: The ear's.
        now: The machine's clock.
    """
    picture = Picture()
    until_s = time.monotonic() + TOLD_WITHIN_S
    while True:
        match ear.hear(_LOOK_S):
            case Connected() | Disconnected() | None:
                pass
            case heard:
                picture.take(heard.word, retained=heard.retained)
        processes = beats.look()
        told = _desk_is_up(processes)
        fresh = told and _is_fresh(picture, now())
        known = all(being.life is not None for being in processes.values())
        if (known and (fresh or not told)) or time.monotonic() >= until_s:
            return Look(processes, picture, fresh, now())


def _desk_is_up(processes: Mapping[Process, Being]) -> bool:
    """Tell whether the one desk of the lobby is alive, on whatever device."""
    return any(
        process.name == "desk" and being.life is Life.UP for process, being in processes.items()
    )


def _is_fresh(picture: Picture, now: datetime) -> bool:
    if picture.board is None:
        return False
    age = now - picture.board.as_of
    return picture.live or timedelta() <= age <= timedelta(seconds=picture.board.valid_s)
