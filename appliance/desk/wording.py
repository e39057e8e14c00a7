"""What the desk says to one person after the words of the outcome, in every language of the site.

The words of an outcome stand in the string files, and the screen knows them. What follows depends
on the line and on what the site has configured: how many are before, what a service does for people
without an appointment, which waiting area it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.checkin.outcomes import Outcome
from appliance.line import commands
from appliance.line.answers import Given, Reason, Refused
from appliance.line.model import RankClass, TicketState
from appliance.line.rules import rank, ranking_service
from appliance.line.wait import wait_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from appliance.checkin.admission import Admission
    from appliance.desk.forecasting import Told
    from appliance.line.line import Line
    from appliance.strings import Texts

More = dict[str, str]
"""Language → sentences."""

OFFERING = frozenset(
    {
        Outcome.WRONG_DAY,
        Outcome.WRONG_SITE,
        Outcome.CANCELLED,
        Outcome.EXPIRED,
        Outcome.REFUSED,
    }
)
"""Whoever comes with one of these is told what there is without an appointment."""


class Wording:
    """Words what depends on the line and on the site.

    Args:
        languages: Of the site, the main one first.
        redirects: Service → language → where people without an appointment are sent.
        foreign: Language → what is said to who shows another code.
    """

    def __init__(
        self,
        languages: Sequence[Texts],
        redirects: Mapping[str, Mapping[str, str]] | None = None,
        foreign: Mapping[str, str] | None = None,
    ) -> None:
        self._languages = languages
        self._redirects = redirects or {}
        self._foreign = foreign or {}

    def texts(self, language: str) -> Texts:
        """Give the texts of a language; where the site does not speak it, of its main one."""
        main = self._languages[0]
        return next((texts for texts in self._languages if texts.language == language), main)

    @staticmethod
    def outcome(
        outcome: str, facts: Mapping[str, str], more: Mapping[str, str], texts: Texts
    ) -> str:
        """Give an outcome and what follows it in one language: for who sees no board."""
        words = texts.entries[f"scan.{outcome}"].format_map(facts)
        return f"{words} {more.get(texts.language, '')}".rstrip()

    def more(self, admission: Admission, line: Line, now: datetime, told: Told | None) -> More:
        """Give what is said after the outcome's own words; empty: nothing.

        Args:
            admission: What the code meant.
            line: As it is now, with the ticket that was given out.
            now: Desk time.
            told: The forecasts, where they are fresh.
        """
        match admission.outcome:
            case Outcome.AGAIN if admission.ticket is not None:
                return self._standing(line, admission.ticket, now, told)
            case Outcome.OTHER_SERVICE if "lobby" in admission.facts:
                return self._say("scan.other_lobby", lobby=admission.facts["lobby"])
            case Outcome.FOREIGN:
                return dict(self._foreign)
            case outcome if outcome in OFFERING:
                service = admission.booking.service if admission.booking else None
                return self.offer(line, service, now)
            case _:
                return {}

    def offer(self, line: Line, service: str | None, now: datetime) -> More:
        """Give what there is without an appointment, as the line itself would decide now.

        Args:
            line: As it is.
            service: Code; None, or another site's: then it is enough if there is any number.
            now: Desk time.
        """
        if service is None or service not in line.services:
            codes = [code for code in line.services if self._gives(line, code, now)]
            return self._say("scan.offer_ticket") if codes else {}
        answer = line.decide(commands.Issue(service), now).answer
        if not isinstance(answer, Refused):
            return self._say("scan.offer_ticket")
        if answer.reason is Reason.WALK_INS_REDIRECTED and service in self._redirects:
            return self.redirect(service)
        return self._say(f"refused.{answer.reason.value}", **answer.facts)

    def redirect(self, service: str) -> More:
        """Give where people without an appointment for a service are sent; empty: nowhere."""
        return {
            texts.language: texts("scan.offer_redirect", words=words)
            for texts in self._languages
            if (words := self._redirects.get(service, {}).get(texts.language))
        }

    def both(self, *some: More) -> More:
        """Give several, one after the other."""
        said = {
            texts.language: " ".join(filter(None, (more.get(texts.language) for more in some)))
            for texts in self._languages
        }
        return {language: words for language, words in said.items() if words}

    def back(self) -> More:
        """Give that a number counts again."""
        return self._say("scan.back")

    def copy(self) -> More:
        """Give that the slip comes once more."""
        return self._say("scan.copy")

    def _gives(self, line: Line, service: str, now: datetime) -> bool:
        return isinstance(line.decide(commands.Issue(service), now).answer, Given)

    def _standing(self, line: Line, number: str, now: datetime, told: Told | None) -> More:
        """Give how a ticket stands: who is before, and the range of the wait."""
        ticket = line.tickets[number]
        if ticket.state is TicketState.PARKED:
            return self._say("scan.parked")
        service = ranking_service(ticket, line.services)
        rank_class = rank(ticket, now, service).rank_class
        if rank_class is RankClass.EARLY and ticket.booking is not None:
            counts_from = (ticket.booking.slot - service.early).astimezone(line.zone)
            return self._say("scan.counts_from", counts_from=counts_from.time())
        wait = wait_of(line, number, now)
        if wait.range_min is None:
            # No counter that serves it is open.
            return {}
        if rank_class is not RankClass.ORDINARY:
            return self._say("scan.standing", ahead=wait.waiting)
        low, high = wait.range_min
        newcomer = told.ranges.get(ticket.service) if told else None
        if newcomer is not None:
            # Who comes now stands behind: it can be no more than that.
            low, high = min(low, newcomer[0]), min(high, newcomer[1])
        return self._say("scan.standing_wait", ahead=wait.waiting, low=low, high=high)

    def _say(self, key: str, **facts: object) -> More:
        return {texts.language: texts(key, **facts) for texts in self._languages}
