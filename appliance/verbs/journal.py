"""`lobby journal`: back up, restore, check and read the journal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import CONFIG, LANGUAGE, day, settings

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(lobby: Verbs) -> None:
    """Add `journal`."""
    journal = lobby.add_parser("journal", help="back up, restore, check and read the journal")
    journal.set_defaults(verb=_journal)
    verbs = journal.add_subparsers(metavar="VERB", required=True)
    backup = _add(verbs, "backup", "copy it to a file, beside a running desk")
    backup.add_argument("to", type=Path, metavar="TO")
    backup.add_argument("--force", action="store_true", help="replace an older backup")
    _machines(backup)

    restore = _add(verbs, "restore", "put a backup in its place; the desk must be stopped")
    restore.add_argument("source", type=Path, metavar="FROM")
    _machines(restore)

    export = _add(verbs, "export", "print its events, a line of JSON each")
    _day(export, "only this day")
    export.add_argument(
        "--csv", action="store_true", help="a table of each day instead; small counts are hidden"
    )

    verify = _add(verbs, "verify", "see whether it is as it should be, and what to do if not")
    _machines(verify)

    show = _add(verbs, "show", "tell what happened on a day")
    show.add_argument("number", nargs="?", metavar="NUMBER", help="only this one, such as A017")
    _day(show, "such as 2026-03-02; else the last")
    show.add_argument("--language", metavar="L", help=LANGUAGE)
    _machines(show)

    _add(verbs, "begin", "say that this is a new device: it gave out no numbers today")


def _add(
    verbs: Verbs,
    name: str,
    meaning: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=meaning)
    verb.set_defaults(asked_for=name)
    verb.add_argument("--config", type=Path, metavar="FILE", help="the lobby's")
    verb.add_argument(
        "--journal", type=Path, metavar="FILE", help="another file than the journal of --config"
    )
    return verb


def _machines(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="for machines")


def _day(verb: argparse.ArgumentParser, meaning: str) -> None:
    verb.add_argument("--day", type=day, metavar="D", help=meaning)


def _journal(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.tools.journal import Place, run

    if asked.journal is not None and asked.config is None and not CONFIG.exists():
        return run(asked, Place(asked.journal), sys.stdout, sys.stderr)
    chosen = settings(asked.config or CONFIG)
    home = chosen.device.state_dir / "journal.sqlite"
    place = Place(
        asked.journal or home,
        wiring.lobby.line(chosen),
        chosen.site.language,
        at_home=asked.journal is None,
    )
    return run(asked, place, sys.stdout, sys.stderr)
