"""`lobby camera aim`: say how well the camera sees a code, while it is mounted."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import (
    FINE,
    LANGUAGE,
    add_config,
    seconds_up_to,
    settings,
    sorry,
    wrong_use,
)

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs

A_DAY_S = 86_400.0
CARD = Path("camera-card.pdf")


def add(verbs: Verbs) -> None:
    """Add `camera`."""
    camera = verbs.add_parser("camera", help="mount the camera")
    aim = camera.add_subparsers(metavar="VERB", required=True).add_parser(
        "aim", help="say how well the camera sees a code, while it is mounted; ends at Ctrl-C"
    )
    add_config(aim)
    aim.add_argument(
        "--seconds", type=seconds_up_to(A_DAY_S), metavar="S", help="end after so long by itself"
    )
    aim.add_argument("--no-picture", action="store_true", help="words only, even with a screen")
    aim.add_argument("--language", metavar="L", help=LANGUAGE)
    aim.add_argument("--json", action="store_true", help="for machines; without a picture")
    aim.add_argument(
        "--card",
        type=Path,
        nargs="?",
        const=CARD,
        metavar="FILE",
        help=f"write a test code to print ({CARD}), and do nothing else",
    )
    aim.set_defaults(verb=_aim)


def _aim(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.errors import LobbyError
    from appliance.strings import texts
    from appliance.tools import aim

    try:
        if asked.card is not None:
            aim.write_card(asked.card)
            print(texts(asked.language or "en")("aim.card", file=asked.card))
            return FINE
        chosen = settings(asked.config)
        words = texts(asked.language or chosen.site.language)
        open_camera = partial(wiring.attached.camera, chosen.camera, bracket=False)
        open_screen = partial(wiring.attached.aim_screen, chosen)
        return aim.run(asked, words, open_camera, open_screen, sys.stdout, sys.stderr)
    except LobbyError as error:
        return sorry(error)
    except LookupError as error:
        return wrong_use(error.args[0])
