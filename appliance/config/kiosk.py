"""The settings of a screen that visitors use, and of what they find on it beside the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from appliance.config.keys import Filled, Key
from appliance.config.kinds import (
    in_seconds,
    list_of,
    member,
    one_of,
    pattern,
    service_code,
    translations,
    web_address,
    words,
    yes_or_no,
)


class AtRest(StrEnum):
    """What a kiosk shows while nobody uses it."""

    WELCOME = "welcome"
    BOARD = "board"


class Kiosk(Filled, frozen=True, kw_only=True):
    """The screen. Its name is that of the place where the camera stands, `scanner.kiosk`.

    Args:
        services: Those that have a tile; None: all. One that gives people without an appointment
            no number tells them where to go, or that one has to book.
    """

    at_rest: Annotated[
        AtRest,
        Key(
            member(AtRest),
            "What it shows while nobody uses it: its own first page, or the call board.",
            "welcome",
        ),
    ]
    services: Annotated[
        tuple[str, ...] | None,
        Key(
            list_of(service_code()),
            "Services that have a tile, in this order.",
            default=None,
            example=["A10"],
            absent="all",
        ),
    ]
    redirects: Annotated[
        tuple[str, ...],
        Key(
            list_of(one_of("papers", "status", "emergency"), empty=True),
            "Tiles that only tell where to go, beside those in [[redirect]].",
            ["papers", "status", "emergency"],
        ),
    ]
    short_numbers: Annotated[
        bool, Key(yes_or_no(), "Short numbers can be typed on it.", default=True)
    ]
    book_page: Annotated[
        str,
        Key(
            web_address(),
            "Page on which one books an appointment, shown as a QR code before a number is taken.",
            "",
        ),
    ]
    camera: Annotated[
        str,
        Key(
            pattern("[←↑→↓↖↗↘↙]?", "one of ← ↑ → ↓ ↖ ↗ ↘ ↙, or empty"),
            "Where the camera is, seen from the screen; empty: it is not told.",
            "",
        ),
    ]
    idle: Annotated[
        timedelta,
        Key(in_seconds(10, 100), "It asks whether anybody is there, so long after a touch.", 30),
    ]


class Redirect(Filled, frozen=True, kw_only=True):
    """What people come for who need no number here."""

    name: Annotated[
        str,
        Key(
            pattern(r"[a-z0-9_]{1,24}", "1 to 24 of a-z, 0-9 and _"),
            "Names it; one of kiosk.redirects gets other words by it.",
            example="parking",
        ),
    ]
    text: Annotated[
        Mapping[str, str],
        Key(
            translations(80),
            "What it is, in plain words; the main language at least.",
            example={"de": "Parkschein entwerten", "en": "Validate a parking ticket"},
        ),
    ]
    directions: Annotated[
        Mapping[str, str],
        Key(
            translations(300),
            "Where to go.",
            example={"de": "Bitte am Empfang.", "en": "Please ask at the reception."},
        ),
    ]
    phone: Annotated[str, Key(words(24, least=0), "A number to call instead.", "")]
    page: Annotated[str, Key(web_address(), "A page that helps, shown as a QR code.", "")]
