"""What a slip costs, beside the bare python-escpos calls that would print the same lines.

    .venv/bin/python bench/slip.py

Ours: setting the slip (words, wrapping) and writing it as bytes. Bare: the library's own calls for
the finished lines. Both run in turns, and the best round of each counts, so that a busy machine
does not decide. Limit: 30 ms for a slip of text.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from escpos.printer import Dummy

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance import paper
from appliance.display.slip import set_slip
from appliance.drivers.printer_escpos import EscposWriter
from appliance.strings import texts
from tests.paper.slips import APPOINTMENT

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILE = "TM-T20II"
ROUNDS = 30
SLIPS = 20
LIMIT_MS = 30.0


def main() -> int:
    """Measure; gives 1 if a slip costs more than the limit."""
    writer = EscposWriter(PROFILE)
    german = texts("de")
    lines = set_slip(APPOINTMENT, german, writer.columns)

    def ours() -> bytes:
        return writer.write(set_slip(APPOINTMENT, german, writer.columns))

    def written() -> bytes:
        return writer.write(lines)

    def bare() -> bytes:
        return by_the_library(lines)

    took = {name: float("inf") for name in ("ours", "written", "bare")}
    for _ in range(ROUNDS):
        for name, call in (("ours", ours), ("written", written), ("bare", bare)):
            took[name] = min(took[name], milliseconds(call))
    print(f"slip of {len(ours())} bytes, {len(lines)} elements")
    print(f"bare python-escpos        {took['bare']:6.2f} ms")
    print(f"written by us             {took['written']:6.2f} ms")
    print(f"set and written by us     {took['ours']:6.2f} ms  (limit {LIMIT_MS:.0f} ms)")
    print(f"ratio to bare             {took['ours'] / took['bare']:6.2f}")
    return int(took["ours"] > LIMIT_MS)


def by_the_library(slip: paper.Slip) -> bytes:
    """The same lines, by whoever knows the library and nothing else."""
    printer = Dummy(profile=PROFILE)
    for element in slip:
        match element:
            case paper.Text():
                printer.set(
                    align=element.align.value,
                    bold=element.bold,
                    custom_size=True,
                    width=element.size,
                    height=element.size,
                    invert=element.invert,
                )
                printer.textln(element.text)
            case paper.Rule():
                printer.textln("-" * 48)
            case paper.Feed(lines):
                printer.ln(lines)
            case paper.Qr(data, module_dots):
                printer.qr(data, size=module_dots, native=True)
            case paper.Cut():
                printer.cut()
    output: bytes = printer.output
    return output


def milliseconds(call: Callable[[], bytes]) -> float:
    """Time one call, as the mean of several."""
    started = time.perf_counter()
    for _ in range(SLIPS):
        call()
    return (time.perf_counter() - started) / SLIPS * 1000


if __name__ == "__main__":
    sys.exit(main())
