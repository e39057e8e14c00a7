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
from appliance.line.model import TicketState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appliance.line.learning import Learned
    from appliance.line.line import Line
    from appliance.line.model import Ticket
    from appliance.line.rollout import Floats


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each service takes, in each draw.

    Args:
        by_service: Code → how long a conversation lasts.
        gone: How long somebody is called for who does not come.
        gone_share: How many of those called do not come; by whether they had an appointment.
        hesitation_s: How long a free clerk takes to call somebody who waits.
    """

    by_service: Mapping[str, Lasting]
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
        at_counters = (line.tickets[c.ticket] for c in line.counters.values() if c.ticket)
        by_service = {}
        for code in sorted({ticket.service for ticket in (*tickets, *at_counters)}):
            length = learned.length(code)
            unsure = np.exp(length.unsure * rng.standard_normal(draws))
            by_service[code] = Lasting(length.mean_s * today * unsure, length.spread)
        gone = Lasting(np.full(1, max(learned.gone_s.mean, 1.0)), learned.gone_s.spread)
        shares = {booked: share.value for booked, share in learned.gone.items()}
        return cls(by_service, gone, shares, learned.hesitation_s.mean)

    def takes(self, tickets: Sequence[Ticket], rng: np.random.Generator, draws: int) -> Floats:
        """Draw how long each ticket keeps a counter, until the next call: draw × ticket."""
        takes = rng.standard_normal((draws, len(tickets)))
        for column, ticket in enumerate(tickets):
            takes[:, column] = self.by_service[ticket.service].at(takes[:, column])
        shares = [self.gone_share[ticket.booking is not None] for ticket in tickets]
        row, place = np.nonzero(rng.random(takes.shape) < shares)
        takes[row, place] = self.gone.at(rng.standard_normal(row.size))
        return (takes + self.hesitation_s).astype(np.float32)

    def left(self, ticket: Ticket, now: datetime, rng: np.random.Generator, tail: Tail) -> Floats:
        """Draw how long a counter is still kept by whom it serves, or called and may be gone."""
        elapsed_s = (now - (ticket.called or now)).total_seconds()
        lasting = self.by_service[ticket.service]
        chance = rng.standard_exponential(lasting.mean_s.size)
        left_s = lasting.left(elapsed_s, chance, tail)
        if ticket.state is TicketState.CALLED:
            share = self.gone_share[ticket.booking is not None]
            gone = share * np.exp(self.gone.lasts(elapsed_s, tail))
            here = (1.0 - share) * np.exp(lasting.lasts(elapsed_s, tail))
            is_gone = rng.random(chance.size) * (gone + here) < gone
            left_s = np.where(is_gone, self.gone.left(elapsed_s, chance, tail), left_s)
        return (left_s + self.hesitation_s).astype(np.float32)
