"""Who stands where, in each draw: who is there, who is booked, and who else may come.

Ranks are `rules.rank`, as one number each. People who are called in the same order whatever happens
form a lane; see `rollout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.line.model import RankClass, Ticket
from appliance.line.rollout import CLASS_STEP, Floats
from appliance.line.rules import DROPPED, rank, ranking_service

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import datetime

    from appliance.line.model import Booking, Rank, Service

APART = 1 / 16
"""Seconds: the least by which ranks differ as numbers, whatever their class."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Some people in the line. Times are seconds from now.

    Args:
        tickets: Whose column is whose. Those who have yet to come have no number.
        lanes: Columns, each in one lane.
        comes: Draw × ticket: when the person is present; infinite: never.
        rank: Draw × ticket: class and rank time as one number, once the ticket has risen.
        rises: Ticket: when its rank changes by itself.
        lag: Ticket: how far it stands behind `rank` until then.
    """

    tickets: Sequence[Ticket]
    lanes: Sequence[Sequence[int]]
    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats

    @classmethod
    def together(cls, parts: Sequence[Standing]) -> Standing:
        """Put people side by side."""
        lanes: list[list[int]] = []
        first = 0
        for part in parts:
            lanes += [[first + column for column in lane] for lane in part.lanes]
            first += len(part.tickets)
        return cls(
            [ticket for part in parts for ticket in part.tickets],
            lanes,
            np.concatenate([part.comes for part in parts], axis=1),
            np.concatenate([part.rank for part in parts], axis=1),
            np.concatenate([part.rises for part in parts]),
            np.concatenate([part.lag for part in parts]),
        )


def waiting(
    tickets: Iterable[Ticket], services: Mapping[str, Service], now: datetime, draws: int
) -> Standing:
    """Give those who are there.

    Of one service and one kind of rank, who has the smaller rank once both have risen has it at any
    time: an appointment that has not risen yet is later than any that has.
    """
    risen = {ticket: _risen(ticket, services, now) for ticket in tickets}
    as_they_are = {ticket: rank(ticket, now, ranking_service(ticket, services)) for ticket in risen}
    delays = _told_apart(as_they_are)
    ordered = sorted(risen, key=risen.__getitem__)
    lanes: dict[Hashable, list[int]] = {}
    ranks, rises, lag = np.zeros((3, len(ordered)), np.float32)
    for column, ticket in enumerate(ordered):
        lanes.setdefault(_lane(ticket, risen[ticket]), []).append(column)
        number = _number(risen[ticket], now)
        ranks[column] = number + delays[ticket]
        rises[column] = (_rises(ticket, services, now) - now).total_seconds()
        lag[column] = _number(as_they_are[ticket], now) - number
    shape = (draws, len(ordered))
    comes = np.zeros(shape, np.float32)
    return Standing(ordered, [*lanes.values()], comes, np.broadcast_to(ranks, shape), rises, lag)


def booked(
    bookings: Sequence[Booking], scan_s: Floats, services: Mapping[str, Service], now: datetime
) -> Standing:
    """Give those with an appointment who are not there yet.

    Args:
        bookings: Theirs.
        scan_s: Draw × booking: when it is scanned; infinite: never.
        services: By code.
        now: Desk time.
    """
    each = [services.get(booking.service, DROPPED) for booking in bookings]
    early, grace, very_late = (
        np.array([limit.total_seconds() for limit in limits], np.float32)
        for limits in zip(*((s.early, s.grace, s.very_late) for s in each), strict=True)
    )
    slot = np.array([(booking.slot - now).total_seconds() for booking in bookings], np.float32)
    late = scan_s - slot
    ranks = np.where(
        late <= grace,
        np.maximum(slot, scan_s) + CLASS_STEP * RankClass.RIGHT_OF_WAY,
        np.where(late <= very_late, slot, scan_s) + CLASS_STEP * RankClass.ORDINARY,
    )
    return Standing(
        [Ticket("", 0, booking.service, booking.slot, booking) for booking in bookings],
        # Who comes first of them differs from draw to draw.
        [[column] for column in range(len(bookings))],
        scan_s,
        ranks,
        slot - early,
        np.full_like(slot, CLASS_STEP * (RankClass.EARLY - RankClass.RIGHT_OF_WAY)),
    )


def crowd(service: str, comes_s: Floats, now: datetime) -> Standing:
    """Give those without an appointment who may come for a service.

    Args:
        service: Its code.
        comes_s: Draw × person: when they come, in order.
        now: Desk time.
    """
    number = comes_s.shape[1]
    none = np.zeros(number, np.float32)
    ranks = comes_s + CLASS_STEP * RankClass.ORDINARY
    return Standing(
        [Ticket("", 0, service, now)] * number, [range(number)], comes_s, ranks, none, none
    )


def _told_apart(ranks: Mapping[Ticket, Rank]) -> Mapping[Ticket, float]:
    """Give by how many seconds to move each rank, so that the smaller number is first.

    Many come in one instant when the doors open, and many are booked for the same slot.
    """
    delays = {}
    last_s = -np.inf
    for ticket in sorted(ranks, key=lambda ticket: (ranks[ticket].rank_time, ticket.sequence)):
        time_s = ranks[ticket].rank_time.timestamp()
        last_s = max(time_s, last_s + APART)
        delays[ticket] = last_s - time_s
    return delays


def _lane(ticket: Ticket, risen: Rank) -> Hashable:
    """Give what people have in common who are called in the order of their ranks."""
    return (
        ticket.service,
        ticket.wishes,
        ticket.ranked_as,
        ticket.booking is None,
        ticket.clock_sure,
        risen.rank_class,
    )


def _risen(ticket: Ticket, services: Mapping[str, Service], now: datetime) -> Rank:
    """Give the rank that a ticket has for good."""
    at = max(_rises(ticket, services, now), now)
    return rank(ticket, at, ranking_service(ticket, services))


def _rises(ticket: Ticket, services: Mapping[str, Service], now: datetime) -> datetime:
    """Give when a ticket's rank changes by itself; the rules know two such reasons."""
    service = ranking_service(ticket, services)
    if ticket.booking is not None:
        return ticket.booking.slot - service.early
    if service.max_wait is not None:
        return ticket.taken + service.max_wait
    return now


def _number(its: Rank, now: datetime) -> float:
    return float(CLASS_STEP) * its.rank_class + (its.rank_time - now).total_seconds()
