"""What may be asked over the bus, and by whom. What it asks of the line is read in `orders`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.bus.topics import CommandTopic


class NotAsked(Enum):
    """Why a command does not reach the line; texts stand under `refused.{reason}`."""

    UNKNOWN_VERB = "unknown_verb"
    NOT_YOURS = "not_yours"
    ELSEWHERE = "elsewhere"
    INCOMPLETE = "incomplete"
    MALFORMED = "malformed"
    NO_KEY = "no_key"
    KEY_REUSED = "key_reused"
    NOT_WRITTEN = "not_written"
    USED = "used"
    NO_SUCH_BOOKING = "no_such_booking"
    TOO_MANY_TRIES = "too_many_tries"
    HAS_PLACE_IN_LINE = "has_place_in_line"
    WRONG_CHECK = "wrong_check"
    NO_LIST = "no_list"
    TOO_MANY_PRESSES = "too_many_presses"


@dataclass(frozen=True)
class NotAskedError(Exception):
    """A command does not reach the line.

    Args:
        reason: Why.
        facts: What the sentence that tells it needs.
    """

    reason: NotAsked
    facts: Mapping[str, str]


AT_COUNTERS = frozenset(
    {
        "next",
        "call",
        "pick",
        "recall",
        "start",
        "finish",
        "no_show",
        "back",
        "transfer",
        "park",
        "undo",
        "open_counter",
        "stand_by",
        "pause",
        "close_counter",
    }
)
ISSUE = "issue"
CHECK_IN_SHORT, ATTENDED = "check_in_short", "attended"
BY_SHORT_NUMBER = frozenset({CHECK_IN_SHORT, ATTENDED})
"""These name a booking of the day by its short number: what they ask of the line stands there."""
AGENDA, CHECK_SLIP = "agenda", "check_slip"
LOOK_UPS = frozenset({AGENDA, CHECK_SLIP})
"""These change nothing; asked again, they look again."""
HELP, SPEAK = "help", "speak"
AT_KIOSKS = frozenset({HELP, SPEAK})
"""Somebody is to come; somebody reads in another way. Neither is asked of the line."""
VERBS: Mapping[str, frozenset[str]] = {
    "counter": AT_COUNTERS,
    "staff": AT_COUNTERS
    | BY_SHORT_NUMBER
    | LOOK_UPS
    | {ISSUE, "urgent", "cancel", "reprint", "set_mode", "set_hours", "set_notice"},
    "kiosk": AT_KIOSKS | {ISSUE, CHECK_IN_SHORT},
}
"""Kind of caller → what it may ask for."""

KNOWN = frozenset[str]().union(*VERBS.values())


def check_may_ask(topic: CommandTopic) -> None:
    """See that there is such a verb, and that it is for this caller.

    Raises:
        NotAskedError: It is not.
    """
    if topic.verb not in KNOWN:
        raise NotAskedError(NotAsked.UNKNOWN_VERB, {"verb": topic.verb})
    if topic.verb not in VERBS[topic.caller.partition(".")[0]]:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": topic.verb})
