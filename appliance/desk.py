"""The desk: the one loop that keeps the line.

A scan, a press or a command comes in; the line decides; events, answer and owed slip are committed
to the journal in one transaction; only then are the effects run: print, publish, answer. Effects
can be repeated: after a crash the journal says which are owed.
"""

from __future__ import annotations

import hashlib
import queue
import time
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from appliance.alarms import AlarmBook
from appliance.bus import messages
from appliance.bus.link import Acknowledged, Connected, Disconnected, Received
from appliance.bus.replies import refusal, reply_to
from appliance.bus.verbs import NotAsked, NotAskedError, read_command
from appliance.bus.views import View
from appliance.drivers.printer import PrinterStatus
from appliance.forecasting import Forecasts
from appliance.journal.journal import Answered, JournalError, OwedSlip
from appliance.line import commands
from appliance.line.answers import Given
from appliance.printing import YOUNG_S, Job, PrinterIs, SlipGivenUp, SlipPrinted
from appliance.surroundings import Incoming, Pressed, Rhythm, Surroundings

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from appliance.bus.topics import CommandTopic, Topics
    from appliance.drivers.clock import DeskTime
    from appliance.forecasting import Told
    from appliance.journal.journal import Journal
    from appliance.line.answers import Answer
    from appliance.line.line import Line
    from appliance.strings import Texts

KEY_BYTES = 16
FORECAST_VALID = timedelta(minutes=5)
RESULT_EXPIRY_S = 5
"""A kiosk that was away shows the next visitor nothing of the last one."""


class Desk:
    """The line's keeper.

    Args:
        line: The line without its tickets, as configured.
        journal: The memory.
        clock: Desk time.
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
        journal: Journal,
        clock: DeskTime,
        topics: Topics,
        texts: Texts,
        around: Surroundings,
        inbox: queue.SimpleQueue[Incoming],
        kiosk: str,
        session: str,
        rhythm: Rhythm,
    ) -> None:
        self._line = line.apply_all(journal.today())
        self._journal = journal
        self._clock = clock
        self._topics = topics
        self._texts = texts
        self._around = around
        self._inbox = inbox
        self._kiosk = kiosk
        self._session = session
        self._rhythm = rhythm
        self._alarms = AlarmBook()
        self._next_slip_id = journal.next_slip_id()
        self._paper = True
        self._told: Told | None = None
        self._published_s = float("-inf")
        self._news = True

    @property
    def line(self) -> Line:
        """The line as it is."""
        return self._line

    def trouble(self, name: str, sentence: str) -> None:
        """Have staff told of something that was wrong from the start."""
        self._alarm(name, self._texts(f"alarm.{name}", error=sentence), self._clock.now())

    def start(self) -> None:
        """Turn the day if it is another one, and see to the slips that are owed."""
        self._turn_day(self._clock.now())
        self._print_owed()

    def run(self, stop: threading.Event) -> None:
        """Take what comes, until `stop`."""
        while not stop.is_set():
            try:
                item = self._inbox.get(timeout=min(1.0, self._rhythm.tick_s))
            except queue.Empty:
                item = None
            self._around.beat()
            now = self._clock.now()
            self._turn_day(now)
            if item is not None:
                self._handle(item, now)
            due = time.monotonic() - self._published_s >= self._rhythm.tick_s
            if due or (self._news and self._inbox.empty()):
                self._publish(now)

    def _handle(self, item: Incoming, now: datetime) -> None:
        match item:
            case Received():
                self._received(item, now)
                # Only now: what was not dealt with when we died comes again.
                self._around.acknowledge(item)
            case Pressed(service):
                self._pressed(service, now)
            case Connected():
                self._news = True
            case Disconnected() | Acknowledged():
                pass
            case SlipPrinted(slip_id):
                self._settle(slip_id, now, printed=True)
            case SlipGivenUp(slip_id, ticket):
                self._settle(slip_id, now, printed=False)
                self._alarm("slip", self._texts("alarm.slip", ticket=ticket), now)
            case PrinterIs():
                self._printer_is(item, now)
            case Forecasts(told):
                self._news = True
                self._told = told
            case _:
                assert_never(item)

    # What comes in.

    def _received(self, received: Received, now: datetime) -> None:
        if received.retained:
            # A scan or a command is of its moment; one that was kept is a mistake or an attack.
            self._alarm("retained", self._texts("alarm.retained", topic=received.topic), now)
            return
        if received.topic == self._topics.scan:
            self._scanned(received, now)
        else:
            self._commanded(received, now)

    def _scanned(self, received: Received, now: datetime) -> None:
        try:
            scan = messages.decode(received.payload, messages.Scan)
        except messages.MessageError as error:
            self._alarm("scan", self._texts("alarm.scan", error=str(error)), now)
            return
        admission = self._around.admit(scan, self._line, now)
        ticket = None
        booking = admission.booking
        if booking and (admission.outcome.admits or booking.id in self._line.by_booking):
            reply = self._do(commands.CheckIn(booking), now)
            ticket = reply.ticket
            if not reply.ok:
                self._show(scan.kiosk, "not_here", {"sentence": reply.sentence or ""})
                return
        self._show(scan.kiosk, admission.outcome.value, admission.facts, ticket)

    def _pressed(self, service: str, now: datetime) -> None:
        reply = self._do(commands.Issue(service), now)
        if reply.ok:
            self._show(self._kiosk, "taken", {}, reply.ticket)
        else:
            self._show(self._kiosk, "not_here", {"sentence": reply.sentence or ""})

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
            body = messages.decode(payload, messages.Command)
            command = read_command(topic, body, self._line)
        except messages.MessageError as error:
            return self._refusal(NotAsked.MALFORMED, error=str(error))
        except NotAskedError as error:
            return self._refusal(error.reason, **error.facts)
        reply = self._do(command, now, lambda reply: Answered(topic.caller, key, request, reply))
        return messages.encode(reply)

    def _refusal(self, reason: NotAsked, **facts: str) -> bytes:
        return messages.encode(refusal(reason.value, facts, self._texts))

    # What is done.

    def _do(
        self,
        command: commands.Command,
        now: datetime,
        answered: Callable[[bytes], Answered] | None = None,
    ) -> messages.Reply:
        """Decide, commit, and only then let it have effects."""
        decision = self._line.decide(command, now)
        reply = reply_to(decision.answer, self._texts)
        line = self._line.apply_all(decision.events)
        slip = self._slip_for(decision.answer, now)
        try:
            self._journal.commit(
                decision.events,
                day=str(line.day),
                answered=answered(messages.encode(reply)) if answered else None,
                slip=slip,
            )
        except JournalError as error:
            self._alarm("journal", self._texts("alarm.journal", error=str(error)), now)
            return refusal(NotAsked.NOT_WRITTEN.value, {}, self._texts)
        self._news = self._news or bool(decision.events)
        self._line = line
        if slip is not None:
            self._print(slip, now, maybe_printed=False)
        return reply

    def _slip_for(self, answer: Answer, now: datetime) -> OwedSlip | None:
        """Give the slip that an answer promises: one for each new number."""
        if not isinstance(answer, Given) or answer.again:
            return None
        self._next_slip_id += 1
        return OwedSlip(self._next_slip_id - 1, answer.ticket, now)

    def _print(self, slip: OwedSlip, now: datetime, *, maybe_printed: bool) -> None:
        set_slip = self._around.set_slip(self._line, slip.ticket, now, self._forecasts(now))
        job = Job(slip.id, slip.ticket, set_slip, time.monotonic(), maybe_printed)
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

    def _settle(self, slip_id: int, now: datetime, *, printed: bool) -> None:
        try:
            self._journal.settle_slip(slip_id, printed=printed)
        except JournalError as error:
            self._alarm("journal", self._texts("alarm.journal", error=str(error)), now)

    def _turn_day(self, now: datetime) -> None:
        today = now.astimezone(self._line.zone).date()
        if self._line.day is None or today > self._line.day:
            self._do(commands.TurnDay(today), now)

    # What is told.

    def _show(
        self, kiosk: str, outcome: str, facts: Mapping[str, str], ticket: str | None = None
    ) -> None:
        result = messages.KioskResult(
            outcome=outcome, facts=dict(facts), ticket=ticket, paper=self._paper
        )
        topic = self._topics.kiosk_result(kiosk)
        self._around.publish(topic, messages.encode(result), expiry_s=RESULT_EXPIRY_S)

    def _printer_is(self, report: PrinterIs, now: datetime) -> None:
        status = report.status
        self._paper = status.prints
        if status is PrinterStatus.READY:
            self._news = self._alarms.off("printer") or self._news
        else:
            self._alarm("printer", self._texts(f"alarm.printer_{status.value}"), now)

    def _alarm(self, name: str, sentence: str, now: datetime) -> None:
        self._news = self._alarms.on(name, sentence, now) or self._news

    def _publish(self, now: datetime) -> None:
        """Tell everyone how the line stands."""
        view = View(self._line, now, self._session, self._rhythm.valid_s)
        told = self._forecasts(now)
        for topic, message in (
            (self._topics.board, view.board()),
            (self._topics.wait, view.wait(told.ranges if told else None)),
            (self._topics.tickets, view.tickets()),
            (self._topics.alarms, view.alarms(self._alarms.now())),
        ):
            self._around.publish(topic, messages.encode(message), retain=True)
        self._news = False
        self._published_s = time.monotonic()
        self._around.ask_forecast(now)

    def _forecasts(self, now: datetime) -> Told | None:
        """Give the forecasts while they are fresh enough to be told."""
        if self._told is None or now - self._told.at > FORECAST_VALID:
            return None
        return self._told
