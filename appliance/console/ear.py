"""Hearing what a lobby tells everyone: how the line stands, what is wrong, who is alive."""

from __future__ import annotations

import queue
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from appliance.bus.beats import Process
from appliance.bus.link import Connected, Disconnected, Link, Received
from appliance.bus.messages.alive import Health, Presence
from appliance.bus.messages.payload import MessageError, decode
from appliance.bus.messages.shown import Board, Wait
from appliance.bus.messages.staff import Alarms, Promise, Tickets
from appliance.console.place import reach

if TYPE_CHECKING:
    from types import TracebackType

    from appliance.bus.beats import Beats
    from appliance.bus.link import Inbound
    from appliance.console.place import Place

Word = Board | Wait | Promise | Tickets | Alarms | Health


@dataclass(frozen=True, slots=True)
class Heard:
    """What the desk told.

    Args:
        word: The message.
        retained: The broker had kept it: it may be old.
    """

    word: Word
    retained: bool


class Ear:
    """A connection that listens; entering it waits for the bus.

    Args:
        place: Where.
        beats: Take in who is alive.
    """

    def __init__(self, place: Place, beats: Beats) -> None:
        topics = place.topics
        self._address = place.address
        self._beats = beats
        self._words: dict[str, type[Word]] = {
            topics.board: Board,
            topics.wait: Wait,
            topics.promise: Promise,
            topics.tickets: Tickets,
            topics.alarms: Alarms,
            topics.health: Health,
        }
        self._topics = topics
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._link = Link(
            place.address,
            place.login(),
            self._inbox.put,
            # A board in another hall is a device of its own, with the same lobby.
            subscriptions=(*self._words, topics.presences),
        )

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            NoBusError: There is no bus.
        """
        self._link.open()
        try:
            reach(self._link, self._inbox, self._address)
        except BaseException:
            self._link.close()
            raise
        self._beats.begin_anew()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._link.close()

    def hear(self, patience_s: float) -> Heard | Connected | Disconnected | None:
        """Wait for a word, or for the bus to go or come back.

        Args:
            patience_s: So long.

        Returns:
            None: it was something else, nothing that can be read, or nothing.
        """
        with suppress(queue.Empty, MessageError):
            match self._inbox.get(timeout=patience_s):
                case Received() as received:
                    return self._received(received)
                case Connected() as back:
                    self._beats.begin_anew()
                    return back
                case Disconnected() as gone:
                    self._beats.deafen()
                    return gone
        return None

    def _received(self, received: Received) -> Heard | None:
        kind = self._words.get(received.topic)
        if kind is not None:
            return Heard(decode(received.payload, kind), received.retained)
        named = self._topics.read_presence(received.topic)
        if named is not None:
            presence = decode(received.payload, Presence)
            self._beats.hear(Process(*named), presence, retained=received.retained)
        return None
