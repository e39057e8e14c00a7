"""How long tickets keep counters, in each draw.

What is unsure about a service or about today is drawn once per draw, for all its conversations:
fifty conversations that are each a tenth too long make a wait a tenth too long, they do not even
out. That is what makes a young forecast wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.line.chance import Lasting, Tail
from appliance.line.model import TicketState, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appliance.line.learning import Learned
    from appliance.line.line import Line
    from appliance.line.model import Ticket
    from appliance.line.rollout import Floats


Kind = tuple[str, bool]
"""Whose conversations are alike: the service, and whether more time was wished for."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each kind of conversation takes, in each draw.

    Args:
        by_kind: How long a conversation lasts.
        gone: How long somebody is called for who does not come.
        gone_share: How many of those called do not come; by whether they had an appointment.
        hesitation_s: How long a free clerk takes to call somebody who waits.
    """

    by_kind: Mapping[Kind, Lasting]
    gone: Lasting
    gone_share: Mapping[bool, float]
    hesitation_s: float

    @classmethod
    def drawn(
        cls,
        learned: Learned,
        line: Line,
        now: datetime,
        tickets: Sequence[Ticket],
        rng: np.random.Generator,
        draws: int,
    ) -> Lengths:
        """Draw what is unsure, for `tickets` and whoever is at a counter."""
        pace = learned.pace(line, now)
        today = pace.factor * np.exp(pace.unsure * rng.standard_normal(draws))
        at_counters = [line.tickets[c.ticket] for c in line.counters.values() if c.ticket]
        longer = learned.conversations.more_time.mean
        by_kind = {}
        for code in sorted({ticket.service for ticket in (*tickets, *at_counters)}):
            length = learned.length(code)
            unsure = np.exp(length.unsure * rng.standard_normal(draws))
            mean_s = length.mean_s * today * unsure
            by_kind[code, False] = Lasting(mean_s, length.spread)
            by_kind[code, True] = Lasting(longer * mean_s, length.spread)
        gone = Lasting(np.full(1, max(learned.gone_s.mean, 1.0)), learned.gone_s.spread)
        shares = {booked: share.value for booked, share in learned.gone.items()}
        return cls(by_kind, gone, shares, learned.hesitation_s.mean)

    def takes(self, tickets: Sequence[Ticket], rng: np.random.Generator, draws: int) -> Floats:
        """Draw how long each ticket keeps a counter, until the next call: draw × ticket."""
        takes = rng.standard_normal((len(tickets), draws), np.float32)
        alike: dict[Kind, list[int]] = {}
        for place, ticket in enumerate(tickets):
            alike.setdefault(_kind(ticket), []).append(place)
        for kind, places in alike.items():
            takes[places] = self.by_kind[kind].at(takes[places])
        shares = np.array([self.gone_share[ticket.booking is not None] for ticket in tickets])
        row, draw = np.nonzero(rng.random(takes.shape, np.float32) < shares[:, None])
        takes[row, draw] = self.gone.at(rng.standard_normal(row.size))
        takes += np.float32(self.hesitation_s)
        return np.ascontiguousarray(takes.T)

    def left(self, ticket: Ticket, lasts_s: float, rng: np.random.Generator, tail: Tail) -> Floats:
        """Draw how long a counter is still kept by whom it serves, or called and may be gone.

        Args:
            ticket: Who is at the counter.
            lasts_s: For how long already.
            rng: Where chance comes from.
            tail: Of the normal distribution.
        """
        lasting = self.by_kind[_kind(ticket)]
        chance = rng.standard_exponential(lasting.mean_s.size)
        left_s = lasting.left(lasts_s, chance, tail)
        if ticket.state is TicketState.CALLED:
            share = self.gone_share[ticket.booking is not None]
            gone = share * np.exp(self.gone.lasts(lasts_s, tail))
            here = (1.0 - share) * np.exp(lasting.lasts(lasts_s, tail))
            is_gone = rng.random(chance.size) * (gone + here) < gone
            left_s = np.where(is_gone, self.gone.left(lasts_s, chance, tail), left_s)
        return (left_s + self.hesitation_s).astype(np.float32)


def _kind(ticket: Ticket) -> Kind:
    return ticket.service, Wish.MORE_TIME in ticket.wishes
