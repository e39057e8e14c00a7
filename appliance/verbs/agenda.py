"""`lobby agenda`: the day's appointments on the terminal, from the lists that the desk keeps."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, LANGUAGE, add_config, day, settings, sorry, wrong_use

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from appliance.checkin.daybook import DayBook
    from appliance.desk.agenda_sheets import Sheets
    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `agenda`."""
    agenda = verbs.add_parser("agenda", help="tell the appointments of a day, without names")
    add_config(agenda)
    agenda.add_argument("--day", type=day, metavar="D", help="such as 2026-03-02; else today")
    agenda.add_argument("--short", action="store_true", help="with the short numbers")
    agenda.add_argument("--language", metavar="L", help=LANGUAGE)
    agenda.add_argument("--json", action="store_true", help="for machines")
    agenda.set_defaults(verb=_agenda)


def _agenda(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.desk.agenda_sheets import sheets
    from appliance.display.agenda import NoList, agenda_text
    from appliance.strings import texts

    chosen = settings(asked.config)
    language = asked.language or chosen.site.language
    try:
        words = texts(language)
    except LookupError as error:
        return wrong_use(error.args[0])
    now = wiring.attached.clock(chosen.clock).now()
    day = asked.day or now.astimezone(chosen.site.timezone).date()
    book = wiring.lobby.books(chosen).day(day)
    composer = sheets(chosen, language)
    agenda = composer.whole(book, now, short=asked.short)
    if isinstance(agenda, NoList):
        if (shut := _shut(chosen.device.state_dir)) is not None:
            return sorry(f"{shut} cannot be read; ask as root or as the user of lobby.")
        return sorry(
            f"no list of appointments for {day} has come; that does not mean that there are none."
        )
    if asked.json:
        sys.stdout.write(_as_json(book, composer, short=asked.short))
    else:
        sys.stdout.write(agenda_text(agenda, words))
    return FINE


def _shut(state_dir: Path) -> Path | None:
    """Give a folder of the desk's that this user may not look into; None: there is none.

    Whoever may not see a list must not be told that none has come.
    """
    try:
        for folder in (state_dir, *state_dir.iterdir()):
            if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
                return folder
    except FileNotFoundError:
        return None
    except PermissionError:
        return state_dir
    return None


def _as_json(book: DayBook, composer: Sheets, *, short: bool) -> str:
    import json

    zone = composer.zone
    told = {
        "day": book.day.isoformat(),
        "as_of": book.as_of and book.as_of.astimezone(zone).isoformat(),
        "revision": book.revision,
        "cancelled_revision": book.cancelled_revision,
        "appointments": [
            {
                "slot": one.booking.slot.astimezone(zone).isoformat(),
                "minutes": one.booking.minutes,
                "service": one.booking.service,
                "text": composer.services.get(one.booking.service),
                "place": one.booking.place,
                **({"short": one.short} if short else {}),
            }
            for one in book.in_order()
        ],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
