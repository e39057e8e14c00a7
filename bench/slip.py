"""What a slip costs, beside the bare python-escpos calls that would print the same lines.

    .venv/bin/python bench/slip.py

Ours: setting the slip (words, wrapping) and writing it as bytes. Bare: the library's own calls for
the finished lines. All run in turns, and the best round of each counts, so that a busy machine does
not decide. Limit: 30 ms for a slip of text. What has to be drawn, a QR code for a printer that has
none, a slip in Arabic, is shown beside it.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from escpos.printer import Dummy

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance import paper
from appliance.display.slip import TicketSlip, set_slip
from appliance.display.slip_drawn import Drawn
from appliance.display.slip_fonts import SlipFonts
from appliance.display.slip_sheet import Compositor
from appliance.drivers.printer_escpos import EscposWriter
from appliance.strings import Texts, texts
from tests.paper.slips import APPOINTMENT, IN_ARABIC, WINCOR_80

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILE = "TM-T20II"
ROUNDS = 30
SLIPS = 20
LIMIT_MS = 30.0


def main() -> int:
    """Measure; gives 1 if a slip costs more than the limit."""
    writer = EscposWriter(PROFILE)
    lines = set_slip(
        APPOINTMENT, texts("de"), Compositor(writer.press, partial(Drawn, fonts=SlipFonts()))
    )
    calls = {
        "bare": lambda: by_the_library(lines),
        "written": lambda: writer.write(lines),
        "text": made(PROFILE, APPOINTMENT, texts("de")),
        "code drawn": made(WINCOR_80, APPOINTMENT, texts("de")),
        "all drawn": made(PROFILE, IN_ARABIC, texts("ar")),
    }
    took = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            took[name] = min(took[name], milliseconds(call))
    print(f"{len(lines)} elements; bytes, and the best of {ROUNDS} rounds:")
    for name, about in (
        ("bare", "bare python-escpos"),
        ("written", "written by us"),
        ("text", f"set and written by us (limit {LIMIT_MS:.0f} ms)"),
        ("code drawn", "the same, the QR code drawn"),
        ("all drawn", "in Arabic, all but number and code drawn"),
    ):
        print(f"{about:44} {len(calls[name]()):6} {took[name]:6.2f} ms")
    print(f"{'ratio of set and written to bare':44} {took['text'] / took['bare']:13.2f}")
    return int(took["text"] > LIMIT_MS)


def made(profile: str, slip: TicketSlip, language: Texts) -> Callable[[], bytes]:
    """Give what sets and writes a slip for a kind of printer."""
    writer = EscposWriter(profile, 48)
    compositor = Compositor(writer.press, partial(Drawn, fonts=SlipFonts()))
    return lambda: writer.write(set_slip(slip, language, compositor))


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
