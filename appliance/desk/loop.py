"""The desk: the one loop that keeps the line.

A scan, a press or a command comes in; the line decides; events, answer and owed slip are committed
to the journal in one transaction; only then are the effects run: print, publish, answer. Effects
can be repeated: after a crash the journal says which are owed.

Who comes is dealt with by `entrance` and `walk_ins`, who commands by `answering`; all change the
line through `keeper`. What is looked after beside the line are its `parts`.
"""

from __future__ import annotations

import queue
import time
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from appliance.bus.link import Acknowledged, Connected, Disconnected, Received
from appliance.bus.messages import asked
from appliance.bus.messages.payload import MessageError, decode
from appliance.desk.answering import Answering
from appliance.desk.entrance import Entrance
from appliance.desk.forecasting import Forecasts
from appliance.desk.keeper import Keeper
from appliance.desk.look_ups import LookUps
from appliance.desk.met import Telling
from appliance.desk.numbering import ask_board, numbers_given
from appliance.desk.printing import PrinterIs, SlipGivenUp, SlipPrinted
from appliance.desk.publishing import Publishing
from appliance.desk.surroundings import HelpWanted, Incoming, Nudge, Pressed, Rhythm, Surroundings
from appliance.desk.upkeep import Upkeep
from appliance.desk.uplink import FromUplink
from appliance.desk.visitors import Visitors
from appliance.desk.walk_ins import WalkIns
from appliance.drivers.clock import DeskTime
from appliance.journal.entries import Position
from appliance.line import commands, days
from appliance.mailbox import take

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from datetime import datetime

    from appliance.bus.link import Inbound
    from appliance.bus.topics import Topics
    from appliance.desk.forecasting import Told
    from appliance.drivers.clock import Clock
    from appliance.journal.keeping import Keeping
    from appliance.line.line import Line
    from appliance.strings import Texts

HELD = timedelta(minutes=1)
"""A clock that is behind the journal by less is none that staff should call somebody for."""
QUIET_S = 0.01
AT_ONCE = 64
"""So much is dealt with in one round: what comes with a round costs as much as a few commands."""
PATIENCE_S = 0.1
"""So long is put off what nobody waits for, while people ask one after the other."""


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
        self._journal = journal
        self._topics = topics
        self._around = around
        self._inbox = inbox
        self._rhythm = rhythm
        publishing = Publishing(
            around.publish, topics, texts, session, rhythm, around.upstream, around.watch
        )
        keeper = Keeper(line, journal, publishing, texts, around)
        self._publishing = publishing
        self._keeper = keeper
        visitors = Visitors(around.wording, texts)
        tell = Telling(publishing, around.show_light, kiosk)
        self._entrance = Entrance(keeper, publishing, around, visitors, tell)
        self._walk_ins = WalkIns(keeper, publishing, around, visitors, tell, kiosk)
        self._answering = Answering(
            keeper,
            self._entrance,
            self._walk_ins,
            LookUps(around, texts),
            journal,
            topics,
            texts,
            visitors,
            around.publish,
            publishing.refused,
        )
        self._clock = DeskTime(
            clock, self.line.boot, sure=self.line.clock_sure, last=journal.last_time()
        )
        self._upkeep = Upkeep(journal)
        self._numbers_known = True
        self._looked_up_s = float("-inf")
        self._put_off = False

    @property
    def line(self) -> Line:
        """The line as it is."""
        return self._keeper.line

    def trouble(self, name: str, sentence: str) -> None:
        """Have staff told of something that was wrong from the start."""
        self._publishing.alarm(name, self._clock.now(), error=sentence)

    def start(self) -> None:
        """Take in that it is another boot or another day, and see to the slips that are owed."""
        clock = self._clock
        if clock.new_boot:
            began = commands.BeginBoot(clock.sure, clock.boot, clock.uptime)
            self._keeper.do(began, clock.now())
        now = self._keep_time()
        found = self._journal.found
        if found.aside is not None:
            self._publishing.alarm("journal_aside", now, file=found.aside)
        if not found.whole:
            self._go_on_from(numbers_given(found, self.line), now)
        self._keeper.print_owed(self._clock.now())

    def run(self, stop: threading.Event) -> None:
        """Take what comes, until `stop`."""
        if not self._numbers_known:
            self._learn_numbers(stop)
        while not stop.is_set():
            items = self._next_items()
            self._around.beat()
            now = self._keep_time()
            for item in items:
                self._handle(item, now)
            at_once = not items or any(isinstance(item, FromUplink | Nudge) for item in items)
            self._put_off = not at_once and time.monotonic() - self._looked_up_s < PATIENCE_S
            if not self._put_off:
                self._look_up(now, idle=not items)

    def _look_up(self, now: datetime, *, idle: bool) -> None:
        """Do what nobody at a counter or at the entrance waits for, once it is quiet.

        It holds the interpreter, which the connection's thread needs to send the last answer.
        """
        self._looked_up_s = time.monotonic()
        self._look_after(now)
        if self._publishing.due(idle=idle):
            self._publishing.tell(self.line, now)
            self._around.ask_forecast(now)
        if self._inbox.empty():
            self._upkeep.tidy(self.line)

    def _next_items(self) -> list[Incoming]:
        """Wait for what comes, and take what came with it; nothing, once it is quiet.

        News are told in that quiet moment: telling them takes longer than most commands, and who
        asked for the next one should not wait for it.
        """
        soon = self._put_off or self._publishing.news
        wait_s = QUIET_S if soon else min(1.0, self._rhythm.tick_s)
        items: list[Incoming] = []
        try:
            items.append(take(self._inbox, wait_s))
            while len(items) < AT_ONCE:
                items.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        return items

    def _look_after(self, now: datetime) -> None:
        """Look at all that is to be looked after beside the line."""
        self._publishing.card_is(self._upkeep.look(self.line), now)
        if self._journal.knows_more:
            # The card is back, with people of today of whom it could not tell at the start.
            self._keeper.read_anew()
        line = self.line
        wrong = [each for part in self._around.parts for each in part.look(line, now)]
        self._publishing.parts_are(wrong, now)

    def _handle(self, item: Incoming, now: datetime) -> None:
        match item:
            case Received():
                if not self._heard(item):
                    self._received(item, now)
                # Only now: what was not dealt with when we died comes again.
                self._around.acknowledge(item)
            case FromUplink(inbound):
                if self._around.upstream is not None:
                    self._around.upstream.handle(inbound)
            case Pressed(service):
                self._walk_ins.pressed(service, now)
            case HelpWanted():
                self._walk_ins.help_wanted(now)
            case Connected():
                self._heard(item)
                self._publishing.changed()
            case Acknowledged(refusal=refusal) if refusal:
                # The access list withholds what we say: else it would look like success.
                self._publishing.alarm("bus", now, "bus_not_allowed", reason=f"{refusal:#x}")
            case Disconnected():
                self._heard(item)
            case Acknowledged() | Nudge():
                pass
            case SlipPrinted(slip_id):
                self._keeper.slip_printed(slip_id)
            case SlipGivenUp(slip_id, ticket):
                self._keeper.slip_given_up(slip_id, ticket, now)
            case PrinterIs(status):
                self._publishing.printer_is(status, now)
            case Forecasts(told):
                self._forecast_came(told)
            case _:
                assert_never(item)

    def _heard(self, item: Inbound) -> bool:
        """Have whoever watches the other processes hear it; True: it concerns nobody else."""
        return self._around.watch is not None and self._around.watch.hear(item)

    def _received(self, received: Received, now: datetime) -> None:
        if received.topic == self._topics.board:
            # Our own; it was asked for only to learn which numbers are out.
            return
        if received.retained:
            # A scan or a command is of its moment; one that was kept is a mistake or an attack.
            self._publishing.refused()
            self._publishing.alarm("retained", now, topic=received.topic)
            return
        if received.topic == self._topics.scan:
            self._scanned(received, now)
        else:
            self._answering.commanded(received, now)

    def _scanned(self, received: Received, now: datetime) -> None:
        try:
            scan = decode(received.payload, asked.Scan)
        except MessageError as error:
            self._publishing.refused()
            self._publishing.alarm("scan", now, error=error)
            return
        self._entrance.scanned(scan, now)

    def _forecast_came(self, told: Told) -> None:
        self._publishing.forecast_came(told)
        if told.learned is not None:
            position = Position(told.learned.epoch, told.learned.seq)
            self._journal.keep_learned(told.learned.day, position, told.learned.data)

    def _keep_time(self) -> datetime:
        """Take in that the clock was set, or that the day is over; give the time."""
        clock = self._clock
        shift = clock.step_due()
        if shift is not None:
            self._keeper.do(commands.SetClock(shift), clock.step(shift))
        now = clock.now()
        held = clock.held_by()
        if not clock.sure:
            self._publishing.alarm("clock", now, "clock_unsure")
        elif held > HELD:
            minutes = round(held / timedelta(minutes=1))
            self._publishing.alarm("clock", now, "clock_behind", minutes=minutes)
        else:
            self._publishing.over("clock")
        day = days.due(self.line, now)
        if day is not None:
            self._keeper.do(commands.TurnDay(day), now)
            self._entrance.new_day()
            self._upkeep.day_turned()
        return now

    # What may have been before this journal.

    def _learn_numbers(self, stop: threading.Event) -> None:
        """Ask the board which numbers are out, before anybody gets one."""
        self._keep_time()
        board = self._topics.board
        numbers, meanwhile = ask_board(self._inbox, board, self.line, stop, self._around.beat)
        self._go_on_from(numbers, self._keep_time())
        for item in meanwhile:
            self._handle(item, self._keep_time())

    def _go_on_from(self, numbers: Mapping[str, int] | None, now: datetime) -> None:
        """Give nobody a number that may be out already; None: it is not known which are."""
        self._numbers_known = numbers is not None
        if numbers is not None:
            self._keeper.do(commands.GoOnFrom(numbers), now)
