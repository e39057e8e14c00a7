"""`lobby slides`: fetch the board's slides, or see whether those in a folder can be shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from appliance.errors import LobbyError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from appliance.config import Settings

FINE, NOT_FINE, WRONG_USE = 0, 1, 2


def add_verbs(
    slides: argparse.ArgumentParser, config: Path, do: Callable[[argparse.Namespace], int]
) -> None:
    """Add the verbs of `slides`.

    Args:
        slides: Its parser.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    verbs = slides.add_subparsers(metavar="VERB", dest="slides_verb", required=True)
    verbs.add_parser("fetch", help="fetch them from [slides] url, all or nothing")
    verbs.add_parser("check", help="see whether those in [slides] folder can be shown")
    for verb in verbs.choices.values():
        verb.add_argument("--config", type=Path, default=config, metavar="FILE")
        verb.set_defaults(verb=do)


def run(asked: argparse.Namespace, settings: Settings, out: TextIO, err: TextIO) -> int:
    """Do what is asked, and give the exit code.

    Args:
        asked: The verb's arguments.
        settings: The lobby's.
        out: Where it is told.
        err: Where it is said why not.
    """
    chosen = settings.slides
    if chosen.folder is None or (asked.slides_verb == "fetch" and not chosen.url):
        missing = "folder" if chosen.folder is None else "url"
        err.write(f"lobby: [slides] {missing} is not set.\n")
        return WRONG_USE
    try:
        if asked.slides_verb == "fetch":
            from appliance.board.slides_fetch import fetch  # noqa: PLC0415  (requests takes its time)

            new = fetch(chosen.url, chosen.folder)
            out.write("new slides are in place.\n" if new else "the slides are up to date.\n")
            return FINE
        return _check(chosen.folder, out, err)
    except (LobbyError, OSError) as error:
        err.write(f"lobby: {error}\n")
        return NOT_FINE


def _check(folder: Path, out: TextIO, err: TextIO) -> int:
    from appliance.board.slide_folder import CURRENT  # noqa: PLC0415  (the same)
    from appliance.display.slides import FILE, read_pictures, read_slides  # noqa: PLC0415  (Pillow)

    current = folder / CURRENT
    folder = current if current.is_dir() else folder
    slides = read_slides((folder / FILE).read_bytes())
    _, problems = read_pictures(folder, slides, (1, 1))
    err.writelines(f"lobby: {problem}\n" for problem in problems)
    out.write(f"{len(slides)} slides, {len(problems)} of them without their picture.\n")
    return NOT_FINE if problems else FINE
