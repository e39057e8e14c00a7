"""`lobby why`: why a number was called when it was, from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, LANGUAGE, add_config, settings, sorry, wrong_use

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `why`."""
    why = verbs.add_parser("why", help="tell why a number was called when it was")
    why.add_argument("number", metavar="NUMBER", help="such as A017")
    add_config(why)
    why.add_argument("--language", metavar="L", help=LANGUAGE)
    why.set_defaults(verb=_why)


def _why(asked: argparse.Namespace) -> int:
    from appliance.journal.journal import JournalError
    from appliance.journal.reading import JournalReader
    from appliance.strings import texts
    from appliance.tools.explaining import why_called

    chosen = settings(asked.config)
    try:
        words = texts(asked.language or chosen.site.language)
        with JournalReader(chosen.device.state_dir / "journal.sqlite") as journal:
            told = why_called(asked.number, journal.news(), words, chosen.site.timezone)
    except LookupError as error:
        return wrong_use(error.args[0])
    except JournalError as error:
        return sorry(error)
    if not told:
        return sorry(f"the journal knows no call of {asked.number}.")
    print("\n".join(told))
    return FINE
