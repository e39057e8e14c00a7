"""What the central processes count about themselves, for `/metrics`.

Plain numbers, written by one loop and read by the server's thread: no lock, as each is replaced
whole. Nothing here knows how they are told (that is `metrics_page`), and nothing in them leads to a
person: devices and lobbies have names, people have not.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from appliance.bus.messages.uploaded import Uploaded


class Heard(NamedTuple):
    """What came last from a device.

    Args:
        at_s: When it came, by our clock, in seconds since 1970.
        age_s: How old that event was then: large while a device sends what it has kept. Negative
            where its clock is ahead of ours.
        events: How many came since our start, known ones too.
    """

    at_s: float
    age_s: float
    events: int


class Meters:
    """Of the collector.

    Args:
        clock: Gives the time, in seconds since 1970.

    Attributes:
        counted: `new`, `known`, `gaps`, and why things were refused, since the start.
        acks: How many acknowledgements were said.
        connected: Whether the broker is there, and hears us.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.counted: Counter[str] = Counter()
        self.devices: dict[str, Heard] = {}
        self.acks = 0
        self.connected = False

    def took(self, events: Iterable[Uploaded]) -> None:
        """Note events that are stored now."""
        now_s = self._clock()
        for event in events:
            before = self.devices.get(event.device)
            self.devices[event.device] = Heard(
                now_s, now_s - event.time.timestamp(), (before.events if before else 0) + 1
            )


class LobbyAge(NamedTuple):
    """How a lobby's page stands.

    Args:
        site: Its site.
        lobby: Its id.
        said_s: When it last said who waits, by our clock; None: never since our start.
        stale: Whether its page shows no figures.
    """

    site: str
    lobby: str
    said_s: float | None
    stale: bool


class PageMeters:
    """Of the pages at home.

    Attributes:
        lobbies: How each lobby's page stands.
        refused: Messages that were not what they should be.
        written: Files that were replaced since the start.
        connected: Whether the broker is there, and hears us.
    """

    def __init__(self) -> None:
        self.lobbies: tuple[LobbyAge, ...] = ()
        self.refused = 0
        self.written = 0
        self.connected = False
