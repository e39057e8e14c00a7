"""The examination: part by part, told as it goes on, and summed up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TextIO

from appliance.doctor import attached, inside
from appliance.doctor.findings import Finding, Part, State
from appliance.doctor.packages import packages

if TYPE_CHECKING:
    from appliance.doctor.bench import Bench

FINE, NOT_FINE = 0, 1
Look = Callable[["Bench"], Iterator[Finding]]
PARTS: Final[Mapping[str, Look]] = {
    "packages": packages,
    "machine": inside.machine,
    "clock": inside.clock,
    "journal": inside.journal,
    "codes": inside.codes,
    "bus": inside.bus,
    "uplink": inside.uplink,
    "printer": attached.printer,
    "camera": attached.camera,
    "buttons": attached.buttons,
    "lamps": attached.lamps,
    "sound": attached.sound,
    "screen": attached.screen,
}
"""In this order: what others need comes first."""
WORDS: Final = {State.FINE: "fine", State.WRONG: "WRONG", State.NOT_TRIED: "not tried"}
INDENT: Final = " " * 22


def examine(bench: Bench, parts: Sequence[str] = ()) -> Iterator[Finding]:
    """Look at parts, one after the other.

    Args:
        bench: What is needed.
        parts: Their names; empty: all.
    """
    for name in parts or PARTS:
        nothing = True
        for finding in _looked(name, bench):
            nothing = False
            yield finding
        if nothing and parts:
            yield Part(name).not_tried("This device has none, by its configuration.")


def _looked(name: str, bench: Bench) -> Iterator[Finding]:
    """Look at one part; a mistake of ours costs this one, and not all that come after it."""
    try:
        yield from PARTS[name](bench)
    except Exception as error:  # noqa: BLE001  (whatever it is: the others are to be looked at)
        do = "Please send what lobby support-bundle makes."
        yield Part(name).wrong(f"It could not be looked at: {error!r}.", do)


def tell(findings: Iterator[Finding], out: TextIO) -> int:
    """Write findings as they come, for people; give the exit code."""
    counts: Counter[State] = Counter()
    for finding in findings:
        counts[finding.state] += 1
        out.write(f"{finding.part:<10}{WORDS[finding.state]:<11} {finding.what}\n")
        if finding.do:
            out.write(f"{INDENT}→ {finding.do}\n")
        out.flush()
    told = ", ".join(f"{counts[state]} {WORDS[state].lower()}" for state in State)
    out.write(f"{told}.\n")
    return NOT_FINE if counts[State.WRONG] else FINE


def tell_json(findings: Iterator[Finding], out: TextIO) -> int:
    """Write findings as one line of JSON; give the exit code."""
    found = list(findings)
    wrong = any(finding.state is State.WRONG for finding in found)
    told = {"ok": not wrong, "findings": [asdict(finding) for finding in found]}
    out.write(json.dumps(told, ensure_ascii=False) + "\n")
    return NOT_FINE if wrong else FINE
