"""The desk's way to the central broker: events, mirrors of what the lobby shows, and bookings back.

The lobby needs none of it: without the uplink everything goes on, and a small sign says so. It has
no thread of its own. What its link hands on comes through the desk's inbox, wrapped, so that the
two connections cannot be mistaken for one another; nothing that comes from here is a command.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, assert_never

from appliance.bus.inbound import Acknowledged, Connected, Disconnected, Hitch, Inbound, Received
from appliance.bus.link import Will
from appliance.bus.messages.alive import Status, UplinkHealth
from appliance.bus.messages.issued import LIMIT_BYTES
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.messages.uploaded import Ack
from appliance.bus.mirror import Mirror
from appliance.desk.parts import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.bus.mirror import Publish
    from appliance.bus.outbox import Outbox
    from appliance.bus.topics import Topics
    from appliance.line.line import Line

OFFLINE_S = 15 * 60.0
"""A line that is down for a moment is nobody's business."""
STALLED_S = 10 * 60.0
STATUS_EVERY_S = 1.0
"""Two that fight for a status do not do it any faster."""
RIVALS = 3
RIVALS_S = 600.0
"""One status of another session may be an old one of ours; so many in this time are not."""
EXPIRES_SOON = timedelta(days=30)
LOOK_S = 3600.0
QUIET = frozenset({Hitch.NO_ANSWER, Hitch.LOST})
"""What the network does by itself, and mends."""


@dataclass(frozen=True, slots=True)
class FromUplink:
    """What the uplink hands on, in the desk's inbox."""

    item: Inbound


@dataclass(frozen=True, slots=True)
class Takers:
    """Who takes what the issuer sends; the payloads are as they came, and may be anything.

    Args:
        bookings: The bookings of a day.
        cancelled: The cancelled ones of a day.
        keys: The signed trust list.
    """

    bookings: Callable[[date, bytes], None]
    cancelled: Callable[[date, bytes], None]
    keys: Callable[[bytes], None]


class Carrier(Protocol):
    """The connection; `Link` is one."""

    @property
    def is_up(self) -> bool:
        """Whether messages go out."""

    @property
    def hitch(self) -> Hitch | None:
        """Why not."""

    @property
    def window(self) -> int:
        """How many unacknowledged messages it takes."""

    @property
    def dates_checked(self) -> bool:
        """Whether certificates had to be valid now."""

    @property
    def publish(self) -> Publish:
        """Sends, or gives 0."""


def subscriptions(topics: Topics) -> tuple[str, ...]:
    """Give what the uplink's link must ask for."""
    return (
        topics.bookings(None),
        topics.cancelled(None),
        topics.keys,
        topics.ack,
        topics.status,
    )


def last_will(topics: Topics, session: str, version: str, started: datetime) -> Will:
    """Give what the central broker says of us when we are gone."""
    return Will(topics.status, _status("down", session, version, started))


def _status(state: str, session: str, version: str, started: datetime) -> bytes:
    return encode(Status(state=state, session=session, as_of=started, version=version))


class Uplink:
    """The desk's part that talks to the central broker. All calls come from the desk's loop.

    Args:
        link: The connection, with `subscriptions` and `last_will`.
        topics: The lobby's tree.
        outbox: What happened, and how far the collector has it.
        takers: Who takes what comes.
        session: Random per start.
        version: Of the release.
        started: Desk time of the start.
        expires: Says until when our certificate counts; None: not known.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        link: Carrier,
        topics: Topics,
        outbox: Outbox,
        takers: Takers,
        *,
        session: str,
        version: str,
        started: datetime,
        expires: Callable[[], datetime | None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._topics = topics
        self._outbox = outbox
        self._takers = takers
        self._session = session
        self._birth = _status("up", session, version, started)
        self._death = _status("down", session, version, started)
        self._expires = expires
        self._monotonic = monotonic
        self._offline_since_s: float | None = monotonic()
        self._mirror = Mirror(link.publish, monotonic)
        self._birth_due = True
        self._born_s = float("-inf")
        self._rivals_s: deque[float] = deque(maxlen=RIVALS)
        self._certificate_until: datetime | None = None
        self._looked_s = float("-inf")
        self._refused = 0
        self._wrong_acks = 0

    @property
    def online(self) -> bool:
        """Whether the central broker is reached, and heard; for the board's small sign."""
        return self._offline_since_s is None

    @property
    def backlog(self) -> int:
        """How many events the collector does not have; asks the journal."""
        return self._outbox.backlog

    def health(self) -> UplinkHealth:
        """Give how it is."""
        return UplinkHealth(
            backlog=self.backlog,
            stalled_s=round(self._outbox.stalled_s),
            dead=len(self._outbox.dead),
            refused=self._refused + self._wrong_acks,
            dates_checked=self._link.dates_checked,
            certificate_until=self._certificate_until,
        )

    def handle(self, item: Inbound) -> None:
        """Take in what the link hands on."""
        match item:
            case Connected():
                self._offline_since_s = None
                self._birth_due, self._born_s = True, float("-inf")
                self._mirror.connected()
                self._outbox.connected()
            case Disconnected():
                self._offline_since_s = self._monotonic()
                self._outbox.disconnected()
            case Acknowledged():
                if not self._outbox.confirmed(item):
                    self._mirror.confirmed(item)
            case Received():
                self._received(item)
            case _:
                assert_never(item)

    def mirror(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = True,
        qos: int = 1,
        expiry_s: int | None = None,
    ) -> None:
        """Have a message sent as soon as it can be; see `Mirror.put`."""
        self._mirror.put(topic, payload, retain=retain, qos=qos, expiry_s=expiry_s)

    def pump(self) -> None:
        """Send what is due; `look` does so in every round, and it may be called after a commit."""
        now_s = self._monotonic()
        if now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._certificate_until = self._expires()
        if not self._link.is_up or not self.online:
            return
        if self._birth_due and now_s - self._born_s >= STATUS_EVERY_S:
            self._birth_due, self._born_s = False, now_s
            self._mirror.put(self._topics.status, self._birth)
        self._mirror.pump(self._room)
        self._outbox.pump(
            lambda payload: self._link.publish(self._topics.events, payload), self._room
        )

    @property
    def _room(self) -> int:
        return self._link.window - self._mirror.flying - self._outbox.flying

    def look(self, line: Line, now: datetime) -> Sequence[Wrong]:  # noqa: ARG002  (a `Part` of the desk)
        """Send what is due; give what is wrong now."""
        self.pump()
        return self.wrong(now)

    def wrong(self, now: datetime) -> list[Wrong]:
        """Give what staff should know of.

        Args:
            now: Desk time.
        """
        found = []
        hitch, outbox = self._link.hitch, self._outbox
        if self._has_rival or hitch is Hitch.TAKEN:
            found.append(Wrong("uplink", "uplink_taken"))
        elif self._offline_since_s is not None:
            offline_s = self._monotonic() - self._offline_since_s
            if hitch is not None and hitch not in QUIET:
                found.append(Wrong("uplink", f"uplink_{hitch.value}"))
            elif offline_s >= OFFLINE_S:
                facts = {"minutes": int(offline_s // 60)}
                found.append(Wrong("uplink", "uplink_no_answer", facts))
        elif outbox.refusal or self._mirror.refused:
            where, why = next(iter(self._mirror.refused.items()), (self._topics.events, 0))
            reason = f"{why or outbox.refusal:#x}"
            told = {"topic": where, "reason": reason}
            found.append(Wrong("uplink_events", "uplink_not_allowed", told))
        elif outbox.stalled_s >= STALLED_S:
            facts = {"minutes": int(outbox.stalled_s // 60)}
            found.append(Wrong("uplink_events", "uplink_stalled", facts))
        if outbox.dead:
            found.append(Wrong("uplink_dead", "uplink_dead", {"count": len(outbox.dead)}))
        if outbox.mad_acks or self._wrong_acks:
            found.append(Wrong("uplink_ack", "uplink_ack"))
        until = self._certificate_until
        if until is not None and until - now <= EXPIRES_SOON:
            found.append(Wrong("uplink_expires", "uplink_expires", {"date": until.date()}))
        return found

    def close(self) -> None:
        """Say that we go, and keep how far the collector is."""
        self._link.publish(self._topics.status, self._death, retain=True)
        self._outbox.close()

    def _status_came(self, payload: bytes) -> None:
        """See whether our birth still stands: late wills, and mistakes, take its place."""
        self._birth_due = payload != self._birth
        with suppress(MessageError):
            if self._birth_due and decode(payload, Status).session != self._session:
                self._rivals_s.append(self._monotonic())

    @property
    def _has_rival(self) -> bool:
        """Whether another device says that it is this one; mosquitto (2.0) does not tell us."""
        seen_s = self._rivals_s
        return len(seen_s) == RIVALS and self._monotonic() - seen_s[0] < RIVALS_S

    def _received(self, received: Received) -> None:
        topic, payload = received.topic, received.payload
        if topic == self._topics.status:
            # Late wills, and mistakes: whatever is there that is not our birth.
            self._status_came(payload)
        elif topic == self._topics.ack:
            try:
                self._outbox.take_ack(decode(payload, Ack))
            except MessageError:
                self._wrong_acks += 1
        elif len(payload) > LIMIT_BYTES:
            self._refused += 1
        elif topic == self._topics.keys:
            self._takers.keys(payload)
        else:
            match self._topics.read_issued(topic):
                case ("bookings", day):
                    self._takers.bookings(day, payload)
                case ("cancelled", day):
                    self._takers.cancelled(day, payload)
                case _:
                    self._refused += 1
