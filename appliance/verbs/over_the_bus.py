"""`lobby next`, `recall`, `issue`, `status`, `watch`: what is asked of the desk over the bus."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from appliance.verbs.asked import LANGUAGE, add_config, seconds_up_to, settings

if TYPE_CHECKING:
    from appliance.verbs.asked import Verbs

KEY_BYTES = 16
ANSWER_WITHIN_S = 10.0
LONGEST_S = 600.0
"""Nobody waits for an answer for longer."""


def add(verbs: Verbs) -> None:
    """Add `next`, `recall`, `issue`, `status` and `watch`."""
    add = partial(_add, verbs)
    for name, meaning in (
        ("next", "call the next number to a counter"),
        ("recall", "call the number at a counter once more"),
    ):
        verb = add(name, meaning)
        verb.add_argument("--counter", required=True, metavar="C", help="such as 3")
        _repeatable(verb)
    issue = add("issue", "give out a number")
    issue.add_argument("service", metavar="SERVICE", help="its code, such as A1")
    issue.add_argument(
        "--wish", action="append", default=[], metavar="W", help="such as seated; may be repeated"
    )
    _repeatable(issue)
    add("status", "tell what is alive, who waits, what is wrong")
    add("watch", "follow what happens, until Ctrl-C")


def _add(
    verbs: Verbs,
    name: str,
    meaning: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=meaning)
    verb.set_defaults(verb=_ask, asked_for=name)
    add_config(verb)
    verb.add_argument("--language", metavar="L", help=LANGUAGE)
    verb.add_argument("--json", action="store_true", help="for machines, one line each")
    return verb


def _repeatable(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--timeout",
        type=seconds_up_to(LONGEST_S),
        default=ANSWER_WITHIN_S,
        metavar="S",
        help="wait so long for an answer, in seconds; else 10",
    )
    verb.add_argument(
        "--key",
        type=_key,
        metavar="HEX",
        help="of a command whose outcome is unknown: it is answered, and not done twice",
    )


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"'{text}' is no key: 32 hexadecimal digits")
    return key


def _ask(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.console import verbs

    chosen = settings(asked.config)
    now = wiring.attached.clock(chosen.clock).now
    topics = wiring.lobby.topics(chosen)
    return verbs.Verbs(asked, chosen, topics, now, sys.stdout, sys.stderr).run()
