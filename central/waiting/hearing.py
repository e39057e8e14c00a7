"""What the lobbies say of waits and numbers, and how old it is.

A retained message may be of any age, and the clock of a Pi may be a day off. So age is counted from
the last live message of a desk, by our own clock; before the first one nothing is known
(docs/bus.md, "How old is what is kept?").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages.payload import MessageError, decode
from appliance.bus.messages.shown import Follow, Wait

if TYPE_CHECKING:
    from appliance.bus.link import Received
    from appliance.bus.messages.payload import Retained

WAITS = "lobby/v1/+/+/wait"
NUMBERS = "lobby/v1/+/+/follow/+"
TOPIC = re.compile(
    r"lobby/v1/(?P<site>[A-Z0-9-]{1,8})/(?P<lobby>[A-Z0-9-]{1,12})/"
    r"(?:(?P<wait>wait)|follow/(?P<digest>[0-9a-f]{64}))"
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A lobby."""

    site: str
    lobby: str


@dataclass(slots=True)
class Said:
    """What a lobby said last.

    Attributes:
        wait: Who waits; None: nothing was said.
        live: The newest desk time that came live, and when that was here; None: none yet.
        session: Of the desk that said it.
        numbers: Digest → how that number stands.
    """

    wait: Wait | None = None
    live: tuple[datetime, datetime] | None = None
    session: str = ""
    numbers: dict[str, Follow] = field(default_factory=dict)


class Hearing:
    """Takes in what lobbies say.

    Attributes:
        places: What each lobby said.
        refused: How many messages were not what they should be.
    """

    def __init__(self) -> None:
        self.places: dict[Place, Said] = {}
        self.refused = 0

    def hear(self, received: Received, now: datetime) -> tuple[Place, str | None] | None:
        """Take in a message.

        Args:
            received: As it came.
            now: By our own clock.

        Returns:
            The lobby, and the digest of the number that changed, or None where it is the wait; None
            alone: it was none of ours.
        """
        topic = TOPIC.fullmatch(received.topic)
        if topic is None:
            self.refused += 1
            return None
        place, digest = Place(topic["site"], topic["lobby"]), topic["digest"]
        said = self.places.setdefault(place, Said())
        if digest and not received.payload:
            said.numbers.pop(digest, None)
            return place, digest
        message: Wait | Follow
        try:
            if digest:
                message = said.numbers[digest] = decode(received.payload, Follow)
            else:
                message = said.wait = decode(received.payload, Wait)
        except MessageError:
            self.refused += 1
            return None
        self._note_time(said, message, now, live=not received.retained)
        return place, digest

    def stale_at(self, place: Place, message: Retained) -> datetime | None:
        """Give when, by our clock, a message is too old to be believed; None: nobody knows yet."""
        said = self.places[place]
        if said.live is None:
            return None
        desk_time, here = said.live
        return here + (message.as_of - desk_time) + timedelta(seconds=message.valid_s)

    def is_of_today(self, place: Place, message: Retained) -> bool:
        """Tell whether a message is of the day that the lobby has now."""
        wait = self.places[place].wait
        return wait is None or message.day >= wait.day

    @staticmethod
    def _note_time(said: Said, message: Retained, now: datetime, *, live: bool) -> None:
        if not live:
            return
        if said.live is None or message.session != said.session or message.as_of >= said.live[0]:
            said.session = message.session
            said.live = message.as_of, now
