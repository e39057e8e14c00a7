"""The long fuzz of the appointment code: 200,000 inputs, and what they taught.

    .venv/bin/python bench/fuzz_code.py [--inputs N] [--keep FILE]

Fails if anything but our own error comes out, or if anything is accepted that was not signed. With
`--keep`, the shortest input for each way to be refused is written to FILE; the tests replay it from
tests/checkin/corpus.jsonl.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance.checkin.code import CodeError, verify
from tests.checkin.forge import AT, SITE
from tests.checkin.hostile import TRIES, Try
from tests.checkin.test_fuzz import TRUST, hold_up

FIGURES = re.compile("-?[0-9]+|'.*'|\".*\"")


def main() -> int:
    """Fuzz; a failure ends it with Hypothesis' own report."""
    parser = argparse.ArgumentParser(description="Fuzz the verification of codes.")
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--keep", type=Path, metavar="FILE")
    options = parser.parse_args()
    answers: Counter[str] = Counter()
    shortest: dict[str, str] = {}

    @settings(
        max_examples=options.inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(TRIES)
    def fuzz(hostile: Try) -> None:
        reason = hold_up(hostile)
        answers[reason.value if reason else "accepted"] += 1
        way = way_of(hostile.text)
        if len(hostile.text) < len(shortest.get(way, " " * 10_000)):
            shortest[way] = hostile.text

    start = time.monotonic()
    fuzz()
    print(f"{answers.total()} inputs in {time.monotonic() - start:.0f} s, {len(shortest)} ways")
    for answer, count in answers.most_common():
        print(f"{count:8} {answer}")
    if options.keep:
        entries = [
            {"reason": way.split(":")[0], "text": text} for way, text in sorted(shortest.items())
        ]
        lines = [json.dumps(entry) for entry in entries if entry["reason"] != "accepted"]
        options.keep.write_text("\n".join(lines) + "\n", "ascii")
    return 0


def way_of(text: str) -> str:
    """Name the way by which a text is refused: its reason and what lay behind, without figures."""
    try:
        verify(text, TRUST, SITE, AT)
    except CodeError as error:
        way = str(error.reason.value)
        behind = error.__cause__
        while behind is not None:
            way += ": " + FIGURES.sub("#", str(behind))
            behind = behind.__cause__
        return way
    return "accepted"


if __name__ == "__main__":
    sys.exit(main())
