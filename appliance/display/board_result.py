"""What a scan or a press becomes on the screen: bounded, with a tone of its own. Pure.

The words are chosen by the desk, perhaps by one of a later release: an outcome that is not known
here is no error, but a person who needs help.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from appliance.checkin.outcomes import Outcome
from appliance.display.board_view import NoticeView, Tone
from appliance.display.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.bus.messages.shown import KioskResult

OUTCOME_MAX = 40
TICKET_MAX = 16
FACT_MAX = 100
MORE_MAX = 400
LANGUAGE_MAX = 35
"""As much as BCP 47 asks everyone to have room for."""
FACTS_MAX = 16
"""More than any outcome has: no message makes the board work for longer than that."""

TAKEN: Final = "taken"
"""A number was taken without an appointment: at a button, so it is no outcome of a scan."""
NOT_HERE: Final = "not_here"
"""No number is given here; why not, says the fact `sentence`."""

ONE_MOMENT: Final = "one_moment"
"""The buttons are pressed too often."""
HELP: Final = "help"
"""Somebody pressed for help, and staff were told."""

TONES: Final[Mapping[str, Tone]] = {
    TAKEN: Tone.DONE,
    ONE_MOMENT: Tone.TOLD,
    HELP: Tone.TOLD,
    Outcome.IN_TIME.value: Tone.DONE,
    Outcome.EARLY.value: Tone.DONE,
    Outcome.LATE.value: Tone.DONE,
    Outcome.AGAIN.value: Tone.TOLD,
    Outcome.CALLED.value: Tone.TOLD,
    Outcome.NO_SHOW.value: Tone.TOLD,
    Outcome.SERVED.value: Tone.TOLD,
    Outcome.CLOSED.value: Tone.TOLD,
    Outcome.ADVISER.value: Tone.TOLD,
    Outcome.WRONG_DAY.value: Tone.TOLD,
    Outcome.WRONG_SITE.value: Tone.TOLD,
    Outcome.OTHER_SERVICE.value: Tone.TOLD,
    Outcome.SEVERAL.value: Tone.TOLD,
    Outcome.CANCELLED.value: Tone.ASK,
    Outcome.EXPIRED.value: Tone.ASK,
    Outcome.REFUSED.value: Tone.ASK,
    Outcome.FOREIGN.value: Tone.ASK,
    NOT_HERE: Tone.ASK,
}

SETTLED: Final = frozenset(
    {
        Outcome.CALLED.value,
        Outcome.NO_SHOW.value,
        Outcome.SERVED.value,
        Outcome.CLOSED.value,
    }
)
"""Here nobody waits with the number any more: what to do now counts, not to remember it."""


def notice_of(result: KioskResult) -> NoticeView:
    """Give what is shown for `result`, whatever is in it."""
    outcome = clean(result.outcome, OUTCOME_MAX)
    ticket = clean(result.ticket or "", TICKET_MAX) or None
    facts = {
        name: words
        for name, fact in islice(result.facts.items(), FACTS_MAX)
        if (words := clean(fact, FACT_MAX))
    }
    return NoticeView(
        outcome,
        TONES.get(outcome, Tone.ASK),
        tuple(sorted(facts.items())),
        ticket,
        in_place_of_slip=ticket is not None and not result.paper and outcome not in SETTLED,
        more=tuple(
            (clean(language, LANGUAGE_MAX), said)
            for language, words in islice(result.more.items(), FACTS_MAX)
            if (said := clean(words, MORE_MAX))
        ),
    )
