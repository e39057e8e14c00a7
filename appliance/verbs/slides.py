"""`lobby slides`: fetch the board's slides, or see whether those in a folder can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from appliance.verbs.asked import FINE, NOT_FINE, add_config, settings, sorry, wrong_use

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from appliance.config.look import Slides
    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `slides`."""
    slides = verbs.add_parser("slides", help="what the board shows")
    parts = slides.add_subparsers(metavar="VERB", dest="slides_verb", required=True)
    parts.add_parser("fetch", help="fetch them from [slides] url, all or nothing")
    parts.add_parser("check", help="see whether those in [slides] folder can be shown")
    for verb in parts.choices.values():
        add_config(verb)
        verb.set_defaults(verb=_slides)


def _slides(asked: argparse.Namespace) -> int:
    return _do(asked, settings(asked.config).slides)


def _do(asked: argparse.Namespace, chosen: Slides) -> int:
    """Do what is asked, and give the exit code.

    Args:
        asked: The verb's arguments.
        chosen: Where they are, and come from.
    """
    if chosen.folder is None or (asked.slides_verb == "fetch" and not chosen.url):
        missing = "folder" if chosen.folder is None else "url"
        return wrong_use(f"[slides] {missing} is not set.")
    try:
        if asked.slides_verb == "fetch":
            from appliance.board.slides_fetch import fetch

            new = fetch(chosen.url, chosen.folder)
            print("new slides are in place." if new else "the slides are up to date.")
            return FINE
        return _check(chosen.folder)
    except (LobbyError, OSError) as error:
        return sorry(error)


def _check(folder: Path) -> int:
    from appliance.board.slide_folder import CURRENT
    from appliance.display.slides import FILE, read_pictures, read_slides

    current = folder / CURRENT
    folder = current if current.is_dir() else folder
    slides = read_slides((folder / FILE).read_bytes())
    _, problems = read_pictures(folder, slides, (1, 1))
    for problem in problems:
        sorry(problem)
    print(f"{len(slides)} slides, {len(problems)} of them without their picture.")
    return NOT_FINE if problems else FINE
