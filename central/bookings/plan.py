"""What a broker is still to be told: days that changed, the trust list, and what is over.

Each payload is the whole of its day, so only the last one counts, and what was not confirmed is
sent again without harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from appliance.bus.messages.issued import LIMIT_BYTES, Booked, Bookings, Cancelled
from appliance.bus.messages.payload import encode
from appliance.bus.topics import Topics
from central.bookings.kept import Day, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from central.bookings.kept import Kept, Revisions
    from central.bookings.office import Lobby, Office
    from central.bookings.store import Store

WRITER = "issuer"
_PREFIX_LEVELS = 4

Confirmed = Mapping[str, tuple[int, date | None]]
"""Topic → revision and day."""


class SignedList(NamedTuple):
    """The trust list as it is published."""

    sequence: int
    content: bytes


class Parcel(NamedTuple):
    """A retained message.

    Args:
        topic: Where it goes.
        payload: Empty: what the broker retains there is removed.
        revision: What is noted when it is confirmed; 0: nothing is there any more.
        day: Of which day it is.
    """

    topic: str
    payload: bytes
    revision: int
    day: date | None


class Plan(NamedTuple):
    """What is to be sent, and sentences on what cannot be."""

    parcels: list[Parcel]
    problems: list[str]


def plan(
    office: Office,
    store: Store,
    trust: SignedList | None,
    broker: str,
    now: datetime,
    *,
    everything: bool = False,
) -> Plan:
    """Find out what a broker is to be told.

    Args:
        office: Whose lobbies are told.
        store: The bookings, and what the broker has confirmed.
        trust: The trust list, if there is one.
        broker: Which broker.
        now: Present time.
        everything: Also what it has confirmed.
    """
    confirmed = {} if everything else store.confirmed(broker)
    parcels = list(_over(office, store.confirmed(broker), now))
    problems: list[str] = []
    for lobby in office.lobbies:
        topics = Topics(lobby.site, lobby.id, WRITER)
        if trust is not None and _is_new(confirmed, topics.keys, trust.sequence):
            parcels.append(Parcel(topics.keys, trust.content, trust.sequence, None))
        for day, revisions in _days(office, store, lobby, now).items():
            # The cancellations first: nobody shall be listed as booked and cancelled unheard.
            for topic, revision, write in (
                (topics.cancelled(day.day), revisions.cancelled, _cancelled),
                (topics.bookings(day.day), revisions.booked, _bookings),
            ):
                if not _is_new(confirmed, topic, revision):
                    continue
                payload = write(day, store.of(day), revision, now)
                if len(payload) > LIMIT_BYTES:
                    problems.append(_too_long(day, payload))
                else:
                    parcels.append(Parcel(topic, payload, revision, day.day))
    return Plan(parcels, problems)


def _is_new(confirmed: Confirmed, topic: str, revision: int) -> bool:
    return confirmed.get(topic, (0, None))[0] != revision


def _days(office: Office, store: Store, lobby: Lobby, now: datetime) -> dict[Day, Revisions]:
    """Give the lobby's days from today to the horizon that there is something to say of.

    Of today and tomorrow there always is, if only that nobody booked: else a desk could not tell
    that from bookings that have not come.
    """
    today = now.astimezone(office.site_of(lobby.site).timezone).date()
    last = today + timedelta(days=office.files.horizon_days)
    near = [Day(lobby.site, lobby.id, today + timedelta(days=n)) for n in (0, 1)]
    known = store.revisions(today)
    for day in near:
        if day not in known:
            store.begin_day(day, now)
            known = store.revisions(today)
    return {
        day: revisions
        for day, revisions in known.items()
        if day[:2] == (lobby.site, lobby.id) and day.day <= last
    }


def _over(office: Office, confirmed: Confirmed, now: datetime) -> Iterator[Parcel]:
    """Give what the broker shall not retain any more: days that are over."""
    zones = {
        Topics(lobby.site, lobby.id, WRITER).prefix: office.site_of(lobby.site).timezone
        for lobby in office.lobbies
    }
    for topic, (_, day) in confirmed.items():
        prefix = "/".join(topic.split("/")[:_PREFIX_LEVELS]) + "/"
        if day is not None and day < now.astimezone(zones.get(prefix, UTC)).date():
            yield Parcel(topic, b"", 0, day)


def _bookings(day: Day, kept: list[Kept], revision: int, now: datetime) -> bytes:
    booked = [
        Booked(
            id=each.booking.id,
            slot=each.booking.slot,
            minutes=each.booking.minutes,
            service=each.booking.service,
            short=each.short,
            place=each.booking.place,
        )
        for each in kept
        if each.state is State.BOOKED
    ]
    return encode(Bookings(as_of=_as_of(now), day=day.day, revision=revision, bookings=booked))


def _cancelled(day: Day, kept: list[Kept], revision: int, now: datetime) -> bytes:
    gone = [each.booking.id for each in kept if each.state is not State.BOOKED]
    return encode(Cancelled(as_of=_as_of(now), day=day.day, revision=revision, bookings=gone))


def _as_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)


def _too_long(day: Day, payload: bytes) -> str:
    return (
        f"the bookings of {day.site}/{day.lobby} on {day.day} have {len(payload)} bytes, and a Pi"
        f" reads at most {LIMIT_BYTES}: divide the lobby"
    )
