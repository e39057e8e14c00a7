"""Whether a what-if says what would really have come of other rules, and how long it takes.

    python -m bench.whatif [--days N]

Made days can be lived twice: recorded under the usual rule and asked about another, and lived under
that other one by the same people. Limits: over all days of a lobby what is said of the promise is
off by at most two percentage points, and of the mean wait without appointment by five per cent; a
day of 2,000 tickets takes at most 10 s for one other rule, with the proof.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from appliance.whatif.asking import AS, ask, compared
from appliance.whatif.days import Day
from appliance.whatif.figures import Figures, fates_of
from bench.lobbies import ENTRANCE, LOBBIES
from bench.lobby_simulator import play
from bench.made_day import Lobby, empty_line, made_day, working_days

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from appliance.line.events import Event
    from appliance.whatif.asking import Report

SEED = 20263
PROMISE_LIMIT, WAIT_LIMIT, TIME_LIMIT_S = 0.02, 0.05, 10.0
BUSY = Lobby(
    "2,000 tickets",
    ENTRANCE,
    {str(number): frozenset("ABC") for number in range(1, 46)},
    load=0.95,
    booked=0.4,
    gap_s=15.0,
)


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.whatif", description=__doc__)
    parser.add_argument("--days", type=int, default=20, help="days per lobby")
    days = list(islice(working_days(), parser.parse_args().days))
    failed = False
    for lobby in LOBBIES:
        print(f"\n{lobby.name}")
        for rules in AS:
            failed |= compare(lobby, rules, days)
    seconds, tickets = timed()
    print(f"\n{tickets} tickets: {seconds:.1f} s of CPU (limit {TIME_LIMIT_S:.0f})")
    return int(failed or seconds > TIME_LIMIT_S)


def compare(lobby: Lobby, rules: str, days: Sequence[date]) -> bool:
    """Print what is said of some rules and what is true; tell whether a limit is passed."""
    was, said, true = list[Figures](), list[Figures](), list[Figures]()
    empty = empty_line(lobby)
    for day in days:
        report = asked(lobby, rules, day)
        evening = play(compared(empty, rules), made_day(lobby, day, SEED))
        was.append(report.was.figures)
        said.append(report.what_ifs[0].outcome.figures)
        true.append(Figures.of(fates_of(evening, {}), empty.services, report.ended))
    print(
        f"  {rules:5s} promise {kept(was):6.1%} -> said {kept(said):6.1%}, true {kept(true):6.1%};"
        f" walk-ins {wait_min(was):5.1f} -> said {wait_min(said):5.1f}, true {wait_min(true):5.1f}"
    )
    off = abs(wait_min(said) / wait_min(true) - 1)
    return abs(kept(said) - kept(true)) > PROMISE_LIMIT or off > WAIT_LIMIT


def asked(lobby: Lobby, rules: str, day: date) -> Report:
    """Record a day, and ask what it would have been under other rules."""
    empty, record = empty_line(lobby), list["Event"]()
    play(empty, made_day(lobby, day, SEED), heard=lambda event, _: record.append(event))
    return ask(Day(day, record), empty, {rules: compared(empty, rules)})


def kept(figures: Sequence[Figures]) -> float:
    """Give the share of promises that were kept."""
    return sum(each.kept for each in figures) / sum(each.promised for each in figures)


def wait_min(figures: Sequence[Figures]) -> float:
    """Give the mean wait without appointment."""
    waits = [each.walk_ins for each in figures if each.walk_ins is not None]
    total = sum((wait.mean * wait.people for wait in waits), timedelta())
    return total / sum(wait.people for wait in waits) / timedelta(minutes=1)


def timed() -> tuple[float, int]:
    """Give the CPU time of asking a day of many tickets, and how many they are."""
    day, empty, record = next(working_days()), empty_line(BUSY), list["Event"]()
    play(empty, made_day(BUSY, day, SEED), heard=lambda event, _: record.append(event))
    begun = time.process_time()
    report = ask(Day(day, record), empty, {"fifo": compared(empty, "fifo")})
    return time.process_time() - begun, report.was.figures.numbers


if __name__ == "__main__":
    raise SystemExit(main())
