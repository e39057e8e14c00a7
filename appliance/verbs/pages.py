"""`lobby pages`: lay out the pages for counters and reception, for a web server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, add_config, settings, sorry

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `pages`."""
    pages = verbs.add_parser("pages", help="lay out the pages for counters and reception")
    add_config(pages)
    pages.add_argument("--out", type=Path, default=Path("/srv/lobby/pages"), metavar="FOLDER")
    pages.set_defaults(verb=_pages)


def _pages(asked: argparse.Namespace) -> int:
    from appliance.errors import LobbyError
    from appliance.pages import lay_out

    chosen = settings(asked.config)
    try:
        count = lay_out(chosen, asked.out)
    except LobbyError as error:
        return sorry(error)
    print(f"{count} files for lobby {chosen.lobby.id} are in {asked.out}.")
    return FINE
