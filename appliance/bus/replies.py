"""What the line answers, as a reply on the bus: words for machines, a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.bus.messages.asked import Reply
from appliance.line.answers import Called, Done, Given, NobodyWaits, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.line.answers import Answer, Fact
    from appliance.strings import Texts


def reply_to(answer: Answer, texts: Texts) -> Reply:
    """Give the reply; a refusal says why in plain words."""
    match answer:
        case Refused(reason, facts):
            return refusal(reason.value, facts, texts)
        case Given(ticket, again):
            return Reply(ok=True, ticket=ticket, again=again)
        case Called(ticket, counter):
            return Reply(ok=True, ticket=ticket, counter=counter)
        case NobodyWaits(counter):
            return Reply(ok=True, counter=counter)
        case Done(ticket, counter):
            return Reply(ok=True, ticket=ticket, counter=counter)
    assert_never(answer)


def refusal(reason: str, facts: Mapping[str, Fact], texts: Texts) -> Reply:
    """Give the reply that something was not done."""
    return Reply(ok=False, reason=reason, sentence=texts(f"refused.{reason}", **facts))
