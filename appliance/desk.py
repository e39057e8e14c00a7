"""The desk: the one loop that keeps the line.

A scan, a press or a command comes in; the line decides; events, answer and owed slip are committed
to the journal in one transaction; only then are the effects run: print, publish, answer. Effects
can be repeated: after a crash the journal says which are owed.
"""

from __future__ import annotations

import hashlib
import queue
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from appliance.bus.link import Acknowledged, Connected, Disconnected, Received
from appliance.bus.messages import asked
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.replies import refusal, reply_to
from appliance.bus.verbs import NotAsked, NotAskedError, read_command
from appliance.checkin.outcomes import Outcome
from appliance.drivers.clock import DeskTime
from appliance.forecasting import Forecasts
from appliance.journal.entries import Answered, OwedSlip, Position
from appliance.journal.errors import ContradictionError, JournalError
from appliance.line import commands, days, events
from appliance.line.wait import wait_for
from appliance.numbering import ask_board, numbers_given
from appliance.printing import YOUNG_S, Job, PrinterIs, SlipGivenUp, SlipPrinted
from appliance.publishing import Publishing
from appliance.surroundings import Incoming, Pressed, Rhythm, Surroundings
from appliance.upkeep import Upkeep

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from appliance.bus.topics import CommandTopic, Topics
    from appliance.drivers.clock import Clock
    from appliance.forecasting import Told
    from appliance.journal.keeping import Keeping
    from appliance.line.line import Line
    from appliance.strings import Texts

KEY_BYTES = 16
FORECAST_VALID = timedelta(minutes=5)
HELD = timedelta(minutes=1)
"""A clock that is behind the journal by less is none that staff should call somebody for."""


class Desk:
    """The line's keeper.

    Args:
        line: The line without its tickets, as configured.
        journal: The memory; a card that fails does not stop it.
        clock: Of the machine.
        topics: The lobby's tree.
        texts: In the site's language.
        around: What it has around it.
        inbox: Where everything that happens comes in.
        kiosk: Where the buttons are.
        session: Random per start.
        rhythm: How often it looks up.
    """

    def __init__(
        self,
        *,
        line: Line,
        journal: Keeping,
        clock: Clock,
        topics: Topics,
        texts: Texts,
        around: Surroundings,
        inbox: queue.SimpleQueue[Incoming],
        kiosk: str,
        session: str,
        rhythm: Rhythm,
    ) -> None:
        self._empty = line
        self._line = journal.line(line)
        self._journal = journal
        self._clock = DeskTime(
            clock, self._line.boot, sure=self._line.clock_sure, last=journal.last_time()
        )
        self._topics = topics
        self._texts = texts
        self._around = around
        self._inbox = inbox
        self._kiosk = kiosk
        self._rhythm = rhythm
        self._publishing = Publishing(around.publish, topics, texts, session, rhythm)
        self._next_slip_id = journal.next_slip_id()
        self._upkeep = Upkeep(journal)
        self._numbers_known = True
        self._maybe_piece = bool(journal.owed_slips())

    @property
    def line(self) -> Line:
        """The line as it is."""
        return self._line

    def trouble(self, name: str, sentence: str) -> None:
        """Have staff told of something that was wrong from the start."""
        self._publishing.alarm(name, self._clock.now(), error=sentence)

    def start(self) -> None:
        """Take in that it is another boot or another day, and see to the slips that are owed."""
        clock = self._clock
        if clock.new_boot:
            began = commands.BeginBoot(clock.sure, clock.boot, clock.uptime)
            self._do(began, clock.now())
        now = self._keep_time()
        found = self._journal.found
        if found.aside is not None:
            self._publishing.alarm("journal_aside", now, file=found.aside)
        if not found.whole:
            self._go_on_from(numbers_given(found, self._line), now)
        self._print_owed()

    def run(self, stop: threading.Event) -> None:
        """Take what comes, until `stop`."""
        if not self._numbers_known:
            self._learn_numbers(stop)
        while not stop.is_set():
            try:
                item = self._inbox.get(timeout=min(1.0, self._rhythm.tick_s))
            except queue.Empty:
                item = None
            self._around.beat()
            now = self._keep_time()
            if item is not None:
                self._handle(item, now)
            self._publishing.card_is(self._upkeep.look(self._line), now)
            if self._journal.knows_more:
                # The card is back, with people of today of whom it could not tell at the start.
                self._line = self._journal.line(self._empty)
                self._publishing.changed()
            idle = self._inbox.empty()
            if self._publishing.due(idle=idle):
                self._publishing.tell(self._line, now)
                self._around.ask_forecast(now)
            if idle:
                self._upkeep.tidy(self._line)

    def _handle(self, item: Incoming, now: datetime) -> None:
        match item:
            case Received():
                self._received(item, now)
                # Only now: what was not dealt with when we died comes again.
                self._around.acknowledge(item)
            case Pressed(service):
                self._pressed(service, now)
            case Connected():
                self._publishing.changed()
            case Disconnected() | Acknowledged():
                pass
            case SlipPrinted(slip_id):
                self._journal.settle_slip(slip_id, printed=True)
            case SlipGivenUp(slip_id, ticket):
                self._journal.settle_slip(slip_id, printed=False)
                self._publishing.alarm("slip", now, ticket=ticket)
            case PrinterIs(status):
                self._publishing.printer_is(status, now)
            case Forecasts(told):
                self._forecast_came(told)
            case _:
                assert_never(item)

    # What comes in.

    def _received(self, received: Received, now: datetime) -> None:
        if received.topic == self._topics.board:
            # Our own; it was asked for only to learn which numbers are out.
            return
        if received.retained:
            # A scan or a command is of its moment; one that was kept is a mistake or an attack.
            self._publishing.alarm("retained", now, topic=received.topic)
            return
        if received.topic == self._topics.scan:
            self._scanned(received, now)
        else:
            self._commanded(received, now)

    def _scanned(self, received: Received, now: datetime) -> None:
        try:
            scan = decode(received.payload, asked.Scan)
        except MessageError as error:
            self._publishing.alarm("scan", now, error=error)
            return
        admission = self._around.admit(scan, self._line, now)
        ticket = None
        booking = admission.booking
        if booking and admission.outcome is Outcome.ADVISER:
            self._do(commands.Attend(booking), now)
        if booking and (admission.outcome.admits or booking.id in self._line.by_booking):
            reply = self._do(commands.CheckIn(booking), now)
            ticket = reply.ticket
            if not reply.ok:
                self._publishing.show(scan.kiosk, "not_here", {"sentence": reply.sentence or ""})
                return
        self._publishing.show(scan.kiosk, admission.outcome.value, admission.facts, ticket)

    def _pressed(self, service: str, now: datetime) -> None:
        reply = self._do(self._knowing(commands.Issue(service), now), now)
        if reply.ok:
            self._publishing.show(self._kiosk, "taken", {}, reply.ticket)
        else:
            self._publishing.show(self._kiosk, "not_here", {"sentence": reply.sentence or ""})

    def _commanded(self, received: Received, now: datetime) -> None:
        topic = self._topics.read_command(received.topic)
        if topic is None:
            return
        reply = self._answer(topic, received.payload, received.correlation or b"", now)
        where = received.response_topic
        if where is not None and self._topics.is_reply_to(topic.caller, where):
            self._around.publish(where, reply, correlation=received.correlation)

    def _answer(self, topic: CommandTopic, payload: bytes, key: bytes, now: datetime) -> bytes:
        """Do what is asked, once for each key, and give the reply's bytes."""
        if len(key) != KEY_BYTES:
            return self._refusal(NotAsked.NO_KEY)
        request = hashlib.sha256(topic.verb.encode() + b"\0" + payload).digest()
        known = self._journal.answer_to(topic.caller, key)
        if known is not None:
            return known.reply if known.request == request else self._refusal(NotAsked.KEY_REUSED)
        try:
            body = decode(payload, asked.Command)
            command = self._knowing(read_command(topic, body, self._line), now)
        except MessageError as error:
            return self._refusal(NotAsked.MALFORMED, error=str(error))
        except NotAskedError as error:
            return self._refusal(error.reason, **error.facts)
        reply = self._do(command, now, lambda reply: Answered(topic.caller, key, request, reply))
        return encode(reply)

    def _refusal(self, reason: NotAsked, **facts: str) -> bytes:
        return encode(refusal(reason.value, facts, self._texts))

    # What is done.

    def _do(
        self,
        command: commands.Command,
        now: datetime,
        answered: Callable[[bytes], Answered] | None = None,
    ) -> asked.Reply:
        """Decide, commit, and only then let it have effects."""
        decision = self._line.decide(command, now)
        reply = reply_to(decision.answer, self._texts)
        line = self._line.apply_all(decision.events)
        slip = self._slip_for(decision.events, now)
        try:
            self._journal.commit(
                decision.events,
                day=str(line.day),
                line=line,
                answered=answered(encode(reply)) if answered else None,
                slip=slip,
            )
        except ContradictionError:
            # A booking that was used, or a slip that was given out, before a card was exchanged.
            return refusal(NotAsked.USED.value, {}, self._texts)
        except JournalError as error:
            self._publishing.alarm("journal", now, error=error)
            return refusal(NotAsked.NOT_WRITTEN.value, {}, self._texts)
        self._line = line
        if decision.events:
            self._publishing.changed()
        if slip is not None:
            again = isinstance(command, commands.Reprint)
            self._print(slip, now, maybe_printed=again)
        return reply

    def _knowing(self, command: commands.Command, now: datetime) -> commands.Command:
        """Add to a command how long the person would wait: the last number depends on it."""
        if not isinstance(command, commands.Issue) or command.service not in self._line.services:
            return command
        told = self._publishing.forecasts(now)
        if told is not None and command.service in told.expected_min:
            expected = timedelta(minutes=told.expected_min[command.service])
            return replace(command, expected=expected)
        rough = wait_for(self._line, command.service, now)
        return replace(command, expected=rough.expected)

    def _slip_for(self, happened: Iterable[events.Event], now: datetime) -> OwedSlip | None:
        """Give the slip that is owed from now on: of a new number, or once more as a copy."""
        for event in happened:
            if isinstance(event, events.TicketIssued | events.SlipAskedAgain):
                self._next_slip_id += 1
                return OwedSlip(self._next_slip_id - 1, event.ticket, now)
        return None

    def _print(self, slip: OwedSlip, now: datetime, *, maybe_printed: bool) -> None:
        set_slip = self._around.set_slip(
            self._line, slip.ticket, now, self._publishing.forecasts(now)
        )
        job = Job(
            slip.id, slip.ticket, set_slip, time.monotonic(), maybe_printed, self._maybe_piece
        )
        self._maybe_piece = False
        self._around.print_slip(job)

    def _print_owed(self) -> None:
        """After a start: what is young is printed, as a copy; the rest is told to staff."""
        now = self._clock.now()
        for slip in self._journal.owed_slips():
            young = (now - slip.at).total_seconds() < YOUNG_S
            if young and slip.ticket in self._line.tickets:
                self._print(slip, now, maybe_printed=True)
            else:
                self._handle(SlipGivenUp(slip.id, slip.ticket), now)

    def _keep_time(self) -> datetime:
        """Take in that the clock was set, or that the day is over; give the time."""
        clock = self._clock
        shift = clock.step_due()
        if shift is not None:
            self._do(commands.SetClock(shift), clock.step(shift))
        now = clock.now()
        held = clock.held_by()
        if not clock.sure:
            self._publishing.alarm("clock", now, "clock_unsure")
        elif held > HELD:
            minutes = round(held / timedelta(minutes=1))
            self._publishing.alarm("clock", now, "clock_behind", minutes=minutes)
        else:
            self._publishing.over("clock")
        day = days.due(self._line, now)
        if day is not None:
            self._do(commands.TurnDay(day), now)
            self._upkeep.day_turned()
        return now

    # What may have been before this journal.

    def _learn_numbers(self, stop: threading.Event) -> None:
        """Ask the board which numbers are out, before anybody gets one."""
        self._keep_time()
        board = self._topics.board
        numbers, meanwhile = ask_board(self._inbox, board, self._line, stop, self._around.beat)
        self._go_on_from(numbers, self._keep_time())
        for item in meanwhile:
            self._handle(item, self._keep_time())

    def _go_on_from(self, numbers: Mapping[str, int] | None, now: datetime) -> None:
        """Give nobody a number that may be out already; None: it is not known which are."""
        self._numbers_known = numbers is not None
        if numbers is not None:
            self._do(commands.GoOnFrom(numbers), now)

    def _forecast_came(self, told: Told) -> None:
        self._publishing.forecast_came(told)
        if told.learned is not None:
            position = Position(told.learned.epoch, told.learned.seq)
            self._journal.keep_learned(told.learned.day, position, told.learned.data)
