"""`lobby doctor`: what was asked on the command line → an examination, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TextIO

from appliance.doctor.examining import PARTS, examine, tell, tell_json
from appliance.doctor.person import AtTerminal, Nobody

if TYPE_CHECKING:
    import argparse

    from appliance.doctor.bench import Bench
    from appliance.doctor.person import Person
    from appliance.strings import Texts

WRONG_USE = 2


class MakeBench(Protocol):
    """Builds what an examination needs; `wiring.bench` does."""

    def __call__(self, *, person: Person, wait_s: float, slip: bool) -> Bench:
        """Build it."""


def run(
    asked: argparse.Namespace,
    make: MakeBench,
    texts: Texts,
    stdin: TextIO,
    out: TextIO,
    err: TextIO,
) -> int:
    """Examine what is asked for; give the exit code.

    Args:
        asked: See `verbs.doctor`.
        make: Builds what is needed.
        texts: In which language it is told.
        stdin: Where a person would type; whoever is no terminal is asked nothing.
        out: Where it is told.
        err: Where it is said why not.
    """
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        err.write(f"lobby: no part '{unknown[0]}'; there are {', '.join(PARTS)}\n")
        return WRONG_USE
    if asked.test_slip and asked.parts and "printer" not in asked.parts:
        err.write("lobby: --test-slip is for the part printer, which was not asked for\n")
        return WRONG_USE
    alone = asked.yes or asked.json or not stdin.isatty()
    person = Nobody() if alone else AtTerminal(out, stdin.readline, texts("doctor.how"))
    findings = examine(make(person=person, wait_s=asked.wait, slip=asked.test_slip), asked.parts)
    return tell_json(findings, out) if asked.json else tell(findings, out, texts)
