"""Keeps the day's curves: hears the lobbies at the central broker, and tells their day there.

What it told before it finds on the broker again, so that it needs no file and no database of its
own, and neither its own restart nor that of a browser loses the morning. A step that was going on
when it was killed is lost.
"""

from __future__ import annotations

import re
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, assert_never

from appliance.bus.access import ANY, central_canary
from appliance.bus.link import Acknowledged, Connected, Disconnected, Link, Received
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.messages.shown import Today, Wait
from appliance.bus.messages.staff import Promise
from appliance.bus.mirror import Mirror
from appliance.bus.topics import Topics
from appliance.mailbox import take
from central.dashboard.curves import Curves

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from appliance.bus.link import Address, Inbound, Login

EVERYWHERE: Final = Topics(ANY, ANY, ANY)
TOPIC: Final = re.compile(
    r"lobby/v1/(?P<site>[A-Z0-9-]{1,8})/(?P<lobby>[A-Z0-9-]{1,12})/(?P<what>wait|promise|today)"
)
LOOK_S: Final = 1.0
AT_ONCE: Final = 500
LAST_WORD_S: Final = 2.0


class Keeper:
    """Keeps the curves of all lobbies.

    Args:
        address: The central broker.
        login: Of who keeps the curves.
        beat: Called in each round of the loop.

    Attributes:
        refused: How many messages were not what they should be.
        online: Whether the broker is reached, and heard.
    """

    def __init__(
        self, address: Address, login: Login, beat: Callable[[], None] = lambda: None
    ) -> None:
        self._beat = beat
        self._inbox: SimpleQueue[Inbound] = SimpleQueue()
        self._link = Link(
            address,
            login,
            self._inbox.put,
            subscriptions=(EVERYWHERE.today, EVERYWHERE.wait, EVERYWHERE.promise),
            canary=central_canary(login.name or login.client_id),
        )
        self._mirror = Mirror(self._link.publish)
        self._lobbies: dict[tuple[str, str], Curves] = {}
        self.refused = 0
        self.online = False

    def run(self, stop: Event) -> None:
        """Keep them until `stop`; what was heard until then is told."""
        with self._link:
            while not stop.is_set():
                self._take(LOOK_S)
                self._mirror.pump(self._link.window - self._mirror.flying)
                self._beat()
            self._tell_all()

    def _take(self, timeout_s: float) -> None:
        """Take in what has come."""
        with suppress(Empty):
            self._handle(take(self._inbox, timeout_s))
            for _ in range(AT_ONCE):
                self._handle(self._inbox.get_nowait())

    def _handle(self, item: Inbound) -> None:
        match item:
            case Connected():
                self.online = True
                self._mirror.connected()
            case Acknowledged():
                self._mirror.confirmed(item)
            case Received():
                self._received(item)
            case Disconnected():
                self.online = False
            case _:
                assert_never(item)

    def _received(self, received: Received) -> None:
        found = TOPIC.fullmatch(received.topic)
        # What is kept may be of any age; of ours it is what we go on from.
        if found is None or received.retained != (found["what"] == "today"):
            return
        curves = self._lobbies.setdefault((found["site"], found["lobby"]), Curves())
        told: Today | None = None
        try:
            match found["what"]:
                case "today":
                    curves.goes_on(decode(received.payload, Today))
                case "wait":
                    told = curves.waits(decode(received.payload, Wait))
                case _:
                    told = curves.promises(decode(received.payload, Promise))
        except MessageError:
            self.refused += 1
        if told is not None:
            self._mirror.put(Topics(found["site"], found["lobby"], "").today, encode(told))

    def _tell_all(self) -> None:
        """Tell the steps that are going on, as far as they are."""
        for (site, lobby), curves in self._lobbies.items():
            if (now := curves.now()) is not None:
                self._mirror.put(Topics(site, lobby, "").today, encode(now))
        self._mirror.pump(self._link.window - self._mirror.flying)
        while self._mirror.flying and self._link.is_up:
            before = self._mirror.flying
            self._take(LAST_WORD_S)
            self._mirror.pump(self._link.window - self._mirror.flying)
            if self._mirror.flying >= before:
                return
