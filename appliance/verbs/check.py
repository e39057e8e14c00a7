"""`lobby check`: whether a configuration is fine, whole; and every key that there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import CONFIG, FINE, NOT_FINE, NoSettingsError, settings, sorry

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `check`."""
    check = verbs.add_parser("check", help="check a configuration, whole")
    check.add_argument("file", type=Path, nargs="?", default=CONFIG, metavar="FILE")
    check.add_argument("--defaults", action="store_true", help="print every key and its meaning")
    check.set_defaults(verb=_check)


def _check(asked: argparse.Namespace) -> int:
    from appliance.config import defaults_text
    from appliance.errors import LobbyError
    from appliance.wiring import attached, looks

    if asked.defaults:
        sys.stdout.write(defaults_text())
        return FINE
    try:
        chosen = settings(asked.file)
        attached.check(chosen)
        looks.check(chosen)
    except NoSettingsError as error:
        return sorry(error)
    except LobbyError as error:
        print(f"{asked.file}: {error}", file=sys.stderr)
        return NOT_FINE
    print(
        f"{asked.file}: fine. Device {chosen.device.id}: {len(chosen.services)} services,"
        f" {len(chosen.counters)} counters, runs {', '.join(chosen.device.roles)}."
    )
    return FINE
