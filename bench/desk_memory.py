"""What a desk and its forecast need, and that they do not grow: 80 MB, 60 MB, 5 MB in 2,000 slips.

    .venv/bin/python -m bench.desk_memory [--slips N]

A desk as it runs on a Pi, with its forecast beside it, gives out numbers, has each slip printed and
calls each number. Its memory in RAM (VmRSS) is read when the first 500 slips are out, so that what
is kept on purpose (SQLite's pages, 2 MB) is there, and when all are. The day's tickets are among
what it grows by: 1 kB each in Python's own count, in which nothing else grows with the slips.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.desks import DEADLINE_S, Sink, ask, desk, memory_mb

DESK_MB, FORECAST_MB, GROWTH_MB = 80.0, 60.0, 5.0
WARM = 500


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slips", type=int, default=2000)
    slips = parser.parse_args().slips
    with Sink() as printer, desk(printer.port) as at_work:
        pid = at_work.process.pid
        with at_work.caller("staff.console") as staff, at_work.caller("counter.1") as counter:

            def give_out(count: int) -> None:
                for _ in range(count):
                    ask(staff, "issue", service="A1")
                    ask(counter, "next")
                    printer.arrived_s.get(timeout=DEADLINE_S)

            give_out(WARM)
            warm_mb = memory_mb(pid)
            give_out(slips)
            desk_mb = memory_mb(pid)
        forecast_mb = max((memory_mb(child) for child in children(pid)), default=0.0)
    passed = 0
    for name, mb, limit_mb in (
        ("desk", desk_mb, DESK_MB),
        ("its forecast", forecast_mb, FORECAST_MB),
        (f"growth in {slips} slips", desk_mb - warm_mb, GROWTH_MB),
    ):
        print(f"{name:24} {mb:6.1f} MB, {mb / limit_mb:.2f} of its limit of {limit_mb:.0f} MB")
        passed |= mb > limit_mb
    return int(passed)


def children(pid: int) -> list[int]:
    """Give the processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in found for child in task.read_text("ascii").split()]


if __name__ == "__main__":
    sys.exit(main())
