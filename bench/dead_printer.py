"""What a dead printer costs a call and a check-in: at most 5 ms.

    .venv/bin/python -m bench.dead_printer [--rounds N]

Two desks as they run on a Pi, each with a broker of its own: one at a printer that takes every slip
at once, one at a printer that accepts connections and never reads, so that its slips are owed all
the time. People check in and are called at both in turns: from the code to the number on the
screen, and from `next` to its reply. What is compared is the median and the 95th percentile.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.desks import Kiosk, Sink, ask, desk, seconds

if TYPE_CHECKING:
    from appliance.bus.asking import Asker
    from bench.desks import DeskAtWork

LIMIT_MS = 5.0
WARMING_UP = 5


class Lobby:
    """A desk with its kiosk and its counter; to be entered."""

    def __init__(self, stack: ExitStack, *, dead: bool) -> None:
        printer = stack.enter_context(Sink(dead=dead))
        self._desk: DeskAtWork = stack.enter_context(desk(printer.port))
        self._kiosk = stack.enter_context(Kiosk(self._desk))
        self._counter: Asker = stack.enter_context(self._desk.caller("counter.1"))
        self.check_ins_s: list[float] = []
        self.calls_s: list[float] = []

    def serve(self, *, counts: bool) -> None:
        """Let somebody check in, and call them."""
        check_in_s = self._kiosk.check_in()
        call_s = seconds(lambda: ask(self._counter, "next"))
        if counts:
            self.check_ins_s.append(check_in_s)
            self.calls_s.append(call_s)


def main() -> int:
    """Print the figures; gives 1 if the limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        good, dead = Lobby(stack, dead=False), Lobby(stack, dead=True)
        for number in range(WARMING_UP + rounds):
            for lobby in (good, dead):
                lobby.serve(counts=number >= WARMING_UP)
    worst_ms = 0.0
    for name, well, ill in (
        ("check-in", good.check_ins_s, dead.check_ins_s),
        ("call", good.calls_s, dead.calls_s),
    ):
        for percent in (50, 95):
            a, b = (statistics.quantiles(each, n=100)[percent - 1] * 1e3 for each in (well, ill))
            print(f"{name:8} p{percent} {a:6.2f} ms, with a dead printer {b:6.2f} ms: {b - a:+.2f}")
            worst_ms = max(worst_ms, b - a)
    print(f"delayed by {worst_ms:.2f} ms at most (limit {LIMIT_MS:.0f}), {rounds} people each")
    return int(worst_ms > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
