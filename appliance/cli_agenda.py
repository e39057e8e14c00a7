"""`lobby agenda`: the day's appointments on the terminal, from the lists that the desk keeps."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, TextIO

from appliance.desk.agenda_sheets import sheets
from appliance.display.agenda import NoList, agenda_text
from appliance.strings import texts

if TYPE_CHECKING:
    import argparse
    from datetime import datetime
    from pathlib import Path

    from appliance.checkin.daybook import DayBook
    from appliance.config import Settings
    from appliance.desk.agenda_sheets import Sheets
    from appliance.desk.daybooks import DayBooks

FINE, NOT_FINE, WRONG_USE = 0, 1, 2


def run(
    asked: argparse.Namespace,
    settings: Settings,
    books: DayBooks,
    now: datetime,
    out: TextIO,
    err: TextIO,
) -> int:
    """Tell the agenda of a day, and give the exit code.

    Args:
        asked: The verb's arguments: `day`, `json`, `short`, `language`.
        settings: The lobby's.
        books: The desk's.
        now: What the clock says.
        out: Where it is told.
        err: Where it is said why not.
    """
    language = asked.language or settings.site.language
    try:
        words = texts(language)
    except LookupError as error:
        err.write(f"lobby: {error.args[0]}\n")
        return WRONG_USE
    day = asked.day or now.astimezone(settings.site.timezone).date()
    book = books.day(day)
    composer = sheets(settings, language)
    agenda = composer.whole(book, now, short=asked.short)
    if isinstance(agenda, NoList):
        if (shut := _shut(settings.device.state_dir)) is not None:
            err.write(f"lobby: {shut} cannot be read; ask as root or as the user of lobby.\n")
            return NOT_FINE
        err.write(
            f"lobby: no list of appointments for {day} has come; that does not mean that there"
            " are none.\n"
        )
        return NOT_FINE
    if asked.json:
        out.write(_as_json(book, composer, short=asked.short))
    else:
        out.write(agenda_text(agenda, words))
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
