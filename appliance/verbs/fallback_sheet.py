"""`lobby fallback-sheet`: numbers on paper, for the day without a machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, LANGUAGE, add_config, positive, settings, sorry, wrong_use

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `fallback-sheet`."""
    sheet = verbs.add_parser(
        "fallback-sheet", help="make numbers on paper, for the day without a machine"
    )
    add_config(sheet)
    sheet.add_argument("--count", type=positive, default=48, metavar="N", help="for each letter")
    sheet.add_argument("--out", type=Path, default=Path("fallback-sheet.pdf"), metavar="FILE")
    sheet.add_argument("--language", metavar="L", help=LANGUAGE)
    sheet.set_defaults(verb=_fallback_sheet)


def _fallback_sheet(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.display.slip_fonts import SlipFonts
    from appliance.errors import LobbyError
    from appliance.strings import texts
    from appliance.tools.fallback import write_sheet

    chosen = settings(asked.config)
    now = wiring.attached.clock(chosen.clock).now()
    try:
        words = texts(asked.language or chosen.site.language)
    except LookupError as error:
        return wrong_use(error.args[0])
    try:
        pages = write_sheet(chosen, words, SlipFonts(), now, count=asked.count, file=asked.out)
    except LobbyError as error:
        return sorry(error)
    print(words("fallback.written", file=asked.out, pages=pages))
    return FINE
