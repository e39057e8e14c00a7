"""`lobby replay`: commands in virtual time; or a recorded day again, under other rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs import what_if
from appliance.verbs.asked import CONFIG, FINE, settings, sorry, wrong_use

if TYPE_CHECKING:
    import argparse

    from appliance.line.line import Line
    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `replay`."""
    replay = verbs.add_parser(
        "replay", help="play commands in virtual time, one JSON a line; or a recorded day again"
    )
    replay.add_argument(
        "--config", type=Path, metavar="FILE", help="the lobby; else setup is first"
    )
    what_if.add_options(replay)
    replay.set_defaults(verb=_replay)


def _replay(asked: argparse.Namespace) -> int:
    if asked.journal is not None:
        return _recorded(asked)
    if what_if.given(asked):
        return wrong_use("without --journal commands are played, and there is no day to ask about.")
    from appliance import wiring
    from appliance.strings import texts
    from appliance.tools.replay import Replay, run

    line = None if asked.config is None else wiring.lobby.line(settings(asked.config))
    return run(Replay(line, texts("en")), sys.stdin.buffer, sys.stdout)


def _recorded(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.errors import LobbyError
    from appliance.strings import texts
    from appliance.whatif.asking import ask
    from appliance.whatif.machine import as_json
    from appliance.whatif.records import recorded
    from appliance.whatif.telling import Teller

    chosen = settings(asked.config or CONFIG)
    line = wiring.lobby.line(chosen)
    rules = _other_rules(asked, line)
    file = asked.journal
    if file == Path():
        file = chosen.device.state_dir / "journal.sqlite"
    try:
        words = texts(asked.language or chosen.site.language)
    except LookupError as error:
        return wrong_use(error.args[0])
    try:
        report = ask(recorded(file, line, asked.day), line, rules)
    except LobbyError as error:
        return sorry(error)
    if asked.json:
        print(as_json(report, line.zone))
        return FINE
    services = {s.code: s.text.get(words.language, s.code) for s in chosen.services}
    print("\n".join(Teller(words, services, line.zone, asked.moved).lines(report)))
    return FINE


def _other_rules(asked: argparse.Namespace, line: Line) -> dict[str, Line]:
    """Give the rules to compare with, by what they are called."""
    from appliance import wiring
    from appliance.whatif.asking import compared, with_minutes

    rules = {}
    for file in asked.rules:
        name = file.name if file.name not in rules else str(file)
        rules[name] = wiring.lobby.line(settings(file))
    rules |= {name: compared(line, name) for name in asked.names}
    times = what_if.times(asked)
    if times:
        rules[what_if.told(times)] = with_minutes(line, **times)
    return rules
