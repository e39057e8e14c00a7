"""What people come for, and where they are served: the services and the counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from appliance.config.keys import Filled, Key
from appliance.config.kinds import (
    in_minutes,
    list_of,
    member,
    pattern,
    service_code,
    translations,
    web_address,
    words,
)


class Wish(StrEnum):
    """What a counter can offer to who needs it."""

    SEATED = "seated"
    DISCREET_ROOM = "discreet_room"
    INTERPRETER = "interpreter"


class WalkIn(StrEnum):
    """What a service does for people who come without an appointment."""

    TICKET = "ticket"
    REDIRECT = "redirect"
    OFF = "off"


class Service(Filled, frozen=True, kw_only=True):
    """What a person comes for.

    `text` and `redirect` have an entry for every language of the site; where the file has none, it
    is that of the main language. `redirect` is empty where the file has none at all.
    """

    code: Annotated[
        str,
        Key(service_code(), "As in bookings. Opaque: anyone can read it in a QR.", example="A10"),
    ]
    letter: Annotated[
        str,
        Key(
            # Without those that look like 1, 0, 5 and 2.
            pattern(r"[A-HJ-NPRT-Y]", "one letter of A to Z without I, O, Q, S and Z"),
            "First character of the numbers. It shall not tell which benefit a person gets.",
            example="A",
        ),
    ]
    minutes: Annotated[
        timedelta,
        Key(in_minutes(1, 480), "Expected length of one conversation.", example=6, name="minutes"),
    ]
    walk_in: Annotated[
        WalkIn,
        Key(
            member(WalkIn),
            "People without an appointment take a number, are told where to go, or neither.",
            "ticket",
        ),
    ]
    early: Annotated[
        timedelta, Key(in_minutes(0, 240), "Right of way begins this long before the slot.", 10)
    ]
    grace: Annotated[
        timedelta, Key(in_minutes(0, 240), "Right of way is kept this long after the slot.", 10)
    ]
    very_late: Annotated[
        timedelta,
        Key(in_minutes(0, 720), "Later than this the scan counts in place of the slot.", 60),
    ]
    text: Annotated[
        Mapping[str, str],
        Key(
            translations(80),
            "What it is, in plain words; the main language at least.",
            example={"de": "Unterlagen abgeben", "en": "Hand in documents"},
        ),
    ]
    redirect: Annotated[
        Mapping[str, str],
        Key(
            translations(300),
            "Where people without an appointment are told to go.",
            default=None,
            example={"de": "Bitte am Infopunkt melden.", "en": "Please ask at the info point."},
            absent='required with walk_in = "redirect"',
        ),
    ]
    redirect_phone: Annotated[
        str, Key(words(24, least=0), "A number to call instead; on the slip that tells where.", "")
    ]
    redirect_page: Annotated[
        str,
        Key(
            web_address(),
            "A page that helps; on the same slip, also as a QR code.",
            "",
        ),
    ]


class Counter(Filled, frozen=True, kw_only=True):
    """Where a clerk serves."""

    id: Annotated[
        str,
        Key(
            pattern(r"[A-Za-z0-9-]{1,8}", "1 to 8 of A-Z, a-z, 0-9 and -"),
            "As on its sign.",
            example="1",
        ),
    ]
    services: Annotated[
        tuple[str, ...],
        Key(list_of(service_code()), "Services that it may serve.", example=["A10"]),
    ]
    place: Annotated[
        str, Key(words(16, least=0), 'Floor or arrow, for the board: "1. OG", "→".', "")
    ]
    offers: Annotated[
        tuple[Wish, ...],
        Key(
            list_of(member(Wish), empty=True),
            "Who needs one of these is called here, or to another counter that has it.",
            [],
        ),
    ]
