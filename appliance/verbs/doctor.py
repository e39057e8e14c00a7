"""`lobby doctor`: try every part of this device, and say what to do."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from appliance.verbs.asked import LANGUAGE, add_config, seconds_up_to, settings, wrong_use

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs

LONGEST_S = 600.0


def add(verbs: Verbs) -> None:
    """Add `doctor`."""
    doctor = verbs.add_parser("doctor", help="try every part of this device, and say what to do")
    doctor.set_defaults(verb=_doctor)
    doctor.add_argument("parts", nargs="*", metavar="PART", help="such as printer; else all")
    add_config(doctor)
    doctor.add_argument("--test-slip", action="store_true", help="have the printer print a slip")
    doctor.add_argument(
        "--yes", action="store_true", help="ask nobody: what needs a person is not tried"
    )
    doctor.add_argument("--language", metavar="L", help=LANGUAGE)
    doctor.add_argument("--json", action="store_true", help="for machines; asks nobody")
    doctor.add_argument(
        "--wait",
        type=seconds_up_to(LONGEST_S),
        default=20.0,
        metavar="S",
        help="wait so long for a press or a code, in seconds; else 20",
    )


def _doctor(asked: argparse.Namespace) -> int:
    from appliance.doctor.verb import run
    from appliance.strings import texts
    from appliance.wiring.bench import bench

    chosen = settings(asked.config)
    try:
        words = texts(asked.language or chosen.site.language)
    except LookupError as error:
        return wrong_use(error.args[0])
    make = partial(bench, chosen, language=words.language)
    return run(asked, make, words, sys.stdin, sys.stdout, sys.stderr)
