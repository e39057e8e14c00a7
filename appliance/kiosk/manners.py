"""How the kiosk's screen behaves to a visitor. Pure: no clock, no thread, no chance.

A command that got no reply may have been done or not. So it is asked again under the same key, for
as long as its visitor is there, and nothing else is asked meanwhile: nobody gets two numbers. A
result that carries the key of somebody who has left is nobody's, and is not shown.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
from msgspec.structs import replace

from appliance.bus.messages.asked import Command, Reply
from appliance.bus.messages.shown import KioskResult
from appliance.bus.verbs import CHECK_IN_SHORT, HELP, ISSUE
from appliance.checkin.short_number import ALPHABET, LENGTH
from appliance.display import kiosk_view as page
from appliance.display.board_result import NOT_HERE, TAKEN, notice_of
from appliance.kiosk.offer import Offer, Timing
from appliance.kiosk.visit import Ask, Asked, Effect, Speak, Told, Visit
from appliance.line.model import Wish

AGAIN: Final = "again"
UNREADABLE: Final = "unreadable"
Step = tuple[Visit, tuple[Effect, ...]]
"""The visit as it is then, and what is to be done, in this order."""


class Manners(msgspec.Struct, frozen=True):
    """How the kiosk behaves. Each method takes the visit as it is, and gives the next step.

    Args:
        offer: What visitors find here.
        timing: How long things last.
    """

    offer: Offer
    timing: Timing = Timing()

    @property
    def fresh(self) -> Visit:
        """What everybody begins with."""
        return Visit(page.Look(self.offer.languages[0]))

    def asks_whether_there(self, visit: Visit, now_s: float) -> bool:
        """Tell whether nothing was touched for a while by somebody who has something to lose."""
        if visit.touched_s is None or visit.told is not None or visit.asked is not None:
            return False
        return not self._empty(visit) and now_s - visit.touched_s >= self.timing.idle_s

    def leaves_s(self, visit: Visit) -> float:
        """Give when a visit is over if nothing is touched any more; inf: there is none."""
        if visit.touched_s is None:
            return math.inf
        asked_s = 0.0 if self._empty(visit) else self.timing.leave_s
        return visit.touched_s + self.timing.idle_s + asked_s

    def touch(self, visit: Visit, action: str, now_s: float, key: bytes) -> Step:
        """A finger came down.

        Args:
            visit: As it is.
            action: What that means, as in `kiosk_view`; empty: there is nothing to touch there.
            now_s: When.
            key: For a command, if it becomes one: 16 bytes that were never used.
        """
        word, _, what = action.partition(":")
        if word in {page.LANGUAGE, page.LARGE}:
            return self._looks(visit, word, what, now_s)
        if visit.told is not None:
            if not self._ready(visit.told, now_s):
                return visit, ()
            if visit.told.done or word == page.HOME:
                return self._leave(visit)
            # Its finger may have been meant for what is under it; that is shown first.
            return self._go_on(visit, now_s), ()
        if visit.asked is not None:
            return visit, ()
        asked_whether_there = self.asks_whether_there(visit, now_s)
        soon = now_s - visit.turned_s < self.timing.settle_s
        if visit.touched_s is None and not word:
            # The page may have come with this very touch, over the board.
            visit = replace(visit, turned_s=now_s)
        visit = replace(visit, touched_s=now_s)
        if word == page.HOME and not soon:
            return self._leave(visit)
        if not word or soon or asked_whether_there:
            return visit, ()
        return self._means(visit, word, what, now_s, key)

    def goes_to(self, visit: Visit, action: str, now_s: float) -> Step:
        """The ring of the keys goes to a button: it is seen where they are, and nothing is done."""
        return replace(visit, ring=action, ring_s=visit.turned_s, touched_s=now_s), ()

    def press(self, visit: Visit, service: str, now_s: float, key: bytes) -> Step:
        """The button of a service was pressed, on a kiosk that has buttons of its own."""
        if visit.told is not None:
            if not self._ready(visit.told, now_s):
                return visit, ()
            visit = self.fresh if visit.told.done else replace(visit, told=None)
        if visit.asked is not None:
            return visit, ()
        return self._take(replace(visit, touched_s=now_s), service, now_s, key)

    def result(self, visit: Visit, result: KioskResult, key: bytes | None, now_s: float) -> Step:
        """The desk says what something came to.

        Args:
            visit: As it is.
            result: What it came to.
            key: Of the command that it came of; None: a scan, or a button of the desk's.
            now_s: When.
        """
        if key is not None:
            if visit.asked is None or visit.asked.ask.key != key:
                return visit, ()
            visit = replace(visit, asked=None)
        elif visit.told is not None and visit.told.done and self._ready(visit.told, now_s):
            visit = self.fresh
        elif result.outcome == UNREADABLE and visit.pages and not self._holds_up(visit):
            # A sleeve before the camera of who types takes no page away.
            return visit, ()
        notice, timing = notice_of(result), self.timing
        lasts_s = timing.number_s if notice.in_place_of_slip else timing.told_s
        until_s = now_s + lasts_s + timing.reading_s * notice.more_characters
        told = Told(notice, now_s, until_s)
        shown = replace(visit, told=told, turned_s=now_s)
        if told.done and visit.chosen != Speak():
            return replace(shown, chosen=Speak()), (Speak(),)
        return shown, ()

    def replied(self, visit: Visit, reply: Reply, key: bytes | None, now_s: float) -> Step:
        """The desk answers a command. What it came to was shown before, but for a lost message."""
        if visit.asked is None or visit.asked.ask.key != key:
            return visit, ()
        if not reply.ok:
            result = KioskResult(outcome=NOT_HERE, facts={"sentence": reply.sentence or ""})
        elif reply.ticket is not None:
            # Whether a slip came out was in the message that is lost.
            outcome, facts = (AGAIN, {"ticket": reply.ticket}) if reply.again else (TAKEN, {})
            result = KioskResult(outcome=outcome, facts=facts, ticket=reply.ticket, paper=False)
        elif visit.asked.ask.verb == HELP:
            result = KioskResult(outcome=HELP, facts={})
        else:
            pages = (*visit.pages, page.Help())
            return replace(visit, asked=None, pages=pages, turned_s=now_s), ()
        return self.result(visit, result, key, now_s)

    def passes(self, visit: Visit, now_s: float) -> Step:
        """Time has passed."""
        if visit.told is not None and now_s >= visit.told.until_s:
            if visit.told.done:
                return self._leave(visit)
            visit = self._go_on(visit, now_s)
        if visit.told is None and now_s >= self.leaves_s(visit):
            return self._leave(visit)
        asked = visit.asked
        if asked is not None and now_s - asked.sent_s >= self.timing.repeat_s:
            return self.ask_again(visit, now_s)
        if visit.chosen != Speak() and now_s - visit.said_s >= self.timing.remind_s:
            # The desk forgets it by itself; they may still be on the way to the camera.
            return replace(visit, said_s=now_s), (visit.chosen,)
        return visit, ()

    def ask_again(self, visit: Visit, now_s: float) -> Step:
        """Nobody knows whether the desk was reached: ask it the same once more."""
        if visit.asked is None:
            return visit, ()
        asked = replace(visit.asked, sent_s=now_s)
        return replace(visit, asked=asked), (asked.ask,)

    def speak_again(self, visit: Visit) -> tuple[Effect, ...]:
        """Give what the desk is to know of this visit after it was out of reach."""
        return (visit.chosen,)

    def _looks(self, visit: Visit, word: str, what: str, now_s: float) -> Step:
        """They want to read in another way."""
        look, chosen = visit.look, visit.chosen
        if word == page.LARGE:
            look = replace(look, large=not look.large)
            chosen = replace(chosen, large_print=look.large)
        elif what in self.offer.languages:
            look = replace(look, language=what)
            chosen = replace(chosen, language=what)
        visit = replace(visit, look=look)
        effects: tuple[Effect, ...] = ()
        if visit.told is None or not visit.told.done:
            # Who comes after somebody with a number is somebody else.
            visit, effects = replace(visit, chosen=chosen, said_s=now_s), (chosen,)
        if visit.told is not None:
            # What is read anew takes its time anew.
            lasts_s = visit.told.until_s - visit.told.since_s
            visit = replace(visit, told=replace(visit.told, until_s=now_s + lasts_s))
        return replace(visit, touched_s=now_s), effects

    def _means(self, visit: Visit, word: str, what: str, now_s: float, key: bytes) -> Step:
        """Do what a touch of something means."""
        top = visit.pages[-1] if visit.pages else None
        match word, top:
            case page.BACK, _:
                return replace(visit, pages=visit.pages[:-1], turned_s=now_s), ()
            case page.MORE, None:
                return replace(visit, sheet=visit.sheet + 1, turned_s=now_s), ()
            case page.TAKE, page.Service(service=service):
                return self._take(visit, service, now_s, key)
            case page.WISH, page.Service(wishes=wishes, wished=wished) as here if what in wishes:
                others = tuple(each for each in wished if each != what)
                changed = others if what in wished else (*wished, what)
                return self._on(visit, replace(here, wished=changed)), ()
            case page.DIGIT, page.ShortNumber(typed=typed):
                sign = what if len(what) == 1 and what in ALPHABET else ""
                return self._on(visit, page.ShortNumber((typed + sign)[:LENGTH])), ()
            case page.ERASE, page.ShortNumber(typed=typed):
                return self._on(visit, page.ShortNumber(typed[:-1])), ()
            case page.ENTER, page.ShortNumber(typed=typed) if len(typed) == LENGTH:
                command = self._reading(visit, Command(short=typed))
                return self._ask(visit, CHECK_IN_SHORT, command, now_s, key)
            case page.ASSISTANCE, _:
                command = Command(language=visit.chosen.language or None)
                return self._ask(visit, HELP, command, now_s, key)
        to = self._leads_to(word, what)
        if to is None or type(to) is type(top):
            return visit, ()
        return replace(visit, pages=(*visit.pages, to), turned_s=now_s), ()

    def _leads_to(self, word: str, what: str) -> page.Page | None:
        """Give the page to which a touch leads; None: to none."""
        offer = self.offer
        match word:
            case page.CODE if offer.scans:
                return page.HoldUp(offer.short_numbers)
            case page.SHORT if offer.short_numbers:
                return page.ShortNumber()
            case page.HELP:
                return page.Help(offer.scans, offer.short_numbers)
            case page.SERVICE if what in offer.elsewhere:
                return page.Redirect(what)
            case page.SERVICE if what in offer.booked:
                return page.Redirect(what, offer.book)
            case page.SERVICE if what in offer.services:
                return page.Service(what, book=offer.book, wishes=offer.wishes.get(what, ()))
            case page.REDIRECT if what in offer.redirects:
                return page.Redirect(what)
            case _:
                return None

    def _take(self, visit: Visit, service: str, now_s: float, key: bytes) -> Step:
        """They want a number."""
        top = visit.pages[-1] if visit.pages else None
        wished: list[Wish] = []
        if isinstance(top, page.Service) and top.service == service:
            wished = [Wish(each) for each in top.wished]
        command = self._reading(visit, Command(service=service, wishes=wished or None))
        return self._ask(visit, ISSUE, command, now_s, key)

    @staticmethod
    def _ask(visit: Visit, verb: str, command: Command, now_s: float, key: bytes) -> Step:
        ask = Ask(verb, command, key)
        return replace(visit, asked=Asked(ask, now_s, now_s), turned_s=now_s), (ask,)

    @staticmethod
    def _reading(visit: Visit, command: Command) -> Command:
        """Give a command with how they read, as far as they chose it."""
        chosen = visit.chosen
        language = chosen.language or None
        return replace(command, language=language, large_print=chosen.large_print)

    @staticmethod
    def _holds_up(visit: Visit) -> bool:
        """Tell whether somebody is shown how to hold up a code."""
        return isinstance(visit.pages[-1], page.HoldUp)

    def _empty(self, visit: Visit) -> bool:
        """Tell whether somebody only touched the screen, and chose nothing."""
        return replace(visit, touched_s=None, turned_s=-math.inf) == self.fresh

    def _ready(self, told: Told, now_s: float) -> bool:
        """Tell whether what happens now has nothing to do with a result that is shown."""
        return now_s - told.since_s >= self.timing.ready_s

    @staticmethod
    def _on(visit: Visit, top: page.Page) -> Visit:
        """Give the visit with another state of the page that is shown."""
        return replace(visit, pages=(*visit.pages[:-1], top))

    def _go_on(self, visit: Visit, now_s: float) -> Visit:
        """Take a result away from who has no number yet: they find again what they had before."""
        if visit.touched_s is None:
            return self.fresh
        return replace(visit, told=None, touched_s=now_s, turned_s=now_s)

    def _leave(self, visit: Visit) -> Step:
        """Forget them."""
        return self.fresh, (Speak(),) if visit.chosen != Speak() else ()
