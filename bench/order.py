"""What the order of the line does to those with an appointment and to those without.

    python -m bench.order [--days N] [--picture FILE]

The same people on the same days, sent through three orders of the same core: first come first
served; whoever scanned an appointment first, from the scan on; and this rule, where an appointment
counts from ten minutes before its time. Limits, at the first site's figures: promise at least 99 %,
mean wait of walk-ins at most 1.15 times that under first come first served.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.charts import Bars
from bench.lobbies import FIRST_SITE, LOBBIES
from bench.lobby_simulator import play
from bench.made_day import empty_line, made_day, working_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.line.model import Service, Ticket
    from bench.made_day import Lobby

NEVER, ALWAYS = timedelta(days=-1), timedelta(days=1)
RULES: Mapping[str, Callable[[Service], Service]] = {
    "first come, first served": lambda service: replace(service, grace=NEVER, very_late=NEVER),
    "appointments first, from the scan": lambda service: replace(service, early=ALWAYS),
    "this rule": lambda service: service,
}
WITHIN, GRACE = timedelta(minutes=5), timedelta(minutes=10)
PROMISE_LIMIT, WAIT_LIMIT = 0.99, 1.15
SEED = 20261


@dataclass(frozen=True, slots=True)
class Result:
    """How people fared.

    Args:
        promise: Share of those on time who were called within five minutes.
        walk_in_min: Mean wait of those without an appointment.
        longest_min: What 95 % of these did not exceed.
    """

    promise: float
    walk_in_min: float
    longest_min: float


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.order", description=__doc__)
    parser.add_argument("--days", type=int, default=40, help="days per lobby")
    parser.add_argument("--picture", type=Path, help="where to write the bars (PNG)")
    asked = parser.parse_args()
    results = {lobby.name: compared(lobby, asked.days) for lobby in LOBBIES}
    for lobby, rules in results.items():
        print(f"\n{lobby}")
        fifo_min = rules["first come, first served"].walk_in_min
        for rule, result in rules.items():
            print(
                f"  {rule:34s} promise {result.promise:7.2%}  walk-ins {result.walk_in_min:6.1f} "
                f"min ({result.walk_in_min / fifo_min:.2f} x), 95 % below {result.longest_min:.0f}"
            )
    if asked.picture:
        picture(results).save(asked.picture)
    site = results[FIRST_SITE.name]
    ratio = site["this rule"].walk_in_min / site["first come, first served"].walk_in_min
    print(
        f"\nfirst site: promise {site['this rule'].promise:.2%} (limit {PROMISE_LIMIT:.0%}), "
        f"walk-ins {ratio:.2f} x first come, first served (limit {WAIT_LIMIT})"
    )
    return int(site["this rule"].promise < PROMISE_LIMIT or ratio > WAIT_LIMIT)


def compared(lobby: Lobby, days: int) -> dict[str, Result]:
    """Send the same people through each rule."""
    return {name: _result(_tickets(lobby, days, rule)) for name, rule in RULES.items()}


def _tickets(lobby: Lobby, days: int, rule: Callable[[Service], Service]) -> list[Ticket]:
    tickets: list[Ticket] = []
    for day, _ in zip(working_days(), range(days), strict=False):
        evening = play(empty_line(lobby, rule=rule), made_day(lobby, day, SEED))
        tickets.extend(evening.tickets.values())
    return tickets


def _result(tickets: list[Ticket]) -> Result:
    kept, waits_min = [], []
    for ticket in tickets:
        if ticket.first_called is None:
            continue
        if ticket.booking is None:
            waits_min.append((ticket.first_called - ticket.taken) / timedelta(minutes=1))
        elif ticket.taken <= ticket.booking.slot + GRACE:
            due = max(ticket.taken, ticket.booking.slot)
            kept.append(ticket.first_called <= due + WITHIN)
    longest_min = float(np.quantile(waits_min, 0.95))
    return Result(float(np.mean(kept)), float(np.mean(waits_min)), longest_min)


def picture(results: Mapping[str, Mapping[str, Result]]) -> Bars:
    """Draw how often the promise was kept."""
    return Bars(
        "Called within five minutes of the appointment",
        " %",
        {
            lobby: [100 * result.promise for result in rules.values()]
            for lobby, rules in results.items()
        },
        list(RULES),
    )


if __name__ == "__main__":
    raise SystemExit(main())
