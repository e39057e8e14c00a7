"""The examination: part by part, told as it goes on, and summed up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TextIO

from appliance.doctor import attached, inside
from appliance.doctor.packages import packages
from appliance.findings import Finding, Part, State

if TYPE_CHECKING:
    from appliance.doctor.bench import Bench
    from appliance.strings import Texts

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
PART_WIDE: Final = 10


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
            yield Part(name).not_tried(bench.say("none_here"))


def _looked(name: str, bench: Bench) -> Iterator[Finding]:
    """Look at one part; a mistake of ours costs this one, and not all that come after it."""
    try:
        yield from PARTS[name](bench)
    except Exception as error:  # noqa: BLE001  (whatever it is: the others are to be looked at)
        what = bench.say("mistake", error=repr(error))
        yield Part(name).wrong(what, bench.say("mistake_do"))


def tell(findings: Iterator[Finding], out: TextIO, texts: Texts) -> int:
    """Write findings as they come, for people; give the exit code."""
    counts: Counter[State] = Counter()
    words = {state: texts(f"doctor.state_{state.value}") for state in State}
    wide = max(map(len, words.values())) + 3
    for finding in findings:
        counts[finding.state] += 1
        out.write(f"{finding.part:<{PART_WIDE}}{words[finding.state]:<{wide}}{finding.what}\n")
        if finding.do:
            out.write(f"{'':<{PART_WIDE + wide}}→ {finding.do}\n")
        out.flush()
    told = {state.value: counts[state] for state in State}
    out.write(texts("doctor.summed_up", **told) + "\n")
    return NOT_FINE if counts[State.WRONG] else FINE


def tell_json(findings: Iterator[Finding], out: TextIO) -> int:
    """Write findings as one line of JSON; give the exit code."""
    found = list(findings)
    wrong = any(finding.state is State.WRONG for finding in found)
    told = {"ok": not wrong, "findings": [asdict(finding) for finding in found]}
    out.write(json.dumps(told, ensure_ascii=False) + "\n")
    return NOT_FINE if wrong else FINE
