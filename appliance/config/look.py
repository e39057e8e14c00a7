"""The settings of what the board looks like, and of the slides that it shows between the waits."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated

from appliance.config import calendar
from appliance.config.keys import Filled, Key
from appliance.config.kinds import absolute_path, in_seconds, web_address


class Look(Filled, frozen=True, kw_only=True):
    """Colours, logo and font, and when it is night.

    Args:
        night: Pairs of times of day, the second not among them.
    """

    theme: Annotated[
        Path | None,
        Key(
            absolute_path(),
            "File with the office's colours, logo and font.",
            default=None,
            example="/etc/lobby/theme.toml",
            absent="the product's own",
        ),
    ]
    night: Annotated[
        tuple[tuple[time, time], ...],
        Key(
            calendar.spans(),
            "Hours in which the board is dark, and black where nobody is called.",
            [],
        ),
    ]


class Slides(Filled, frozen=True, kw_only=True):
    """What is shown in the place of the waits, in turn with them."""

    folder: Annotated[
        Path | None,
        Key(
            absolute_path(),
            "Folder with slides.toml and its pictures.",
            default=None,
            example="/var/lib/lobby-slides",
            absent="no slides",
        ),
    ]
    url: Annotated[
        str,
        Key(
            web_address(),
            "Where `lobby slides fetch` gets them from; empty: somebody puts them there.",
            "",
        ),
    ]
    between: Annotated[
        timedelta, Key(in_seconds(5, 3600), "So long the waits are shown between two slides.", 20)
    ]
