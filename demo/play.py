"""Plays the morning on the stage: visitors come, clerks call, luck turns; told as it happens."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance.bus.link import Inbound, Received
from appliance.bus.messages.payload import decode
from appliance.bus.messages.staff import Alarms
from appliance.journal.reading import JournalReader
from demo.clerk import Clerk
from demo.morning import Visitor, visitors
from demo.narrator import Narrator
from demo.stage import RECEPTION
from demo.summary import lines, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appliance.line import events
    from appliance.strings import Texts
    from demo.stage import Stage

ROUND_S = 0.05
FULL = timedelta(minutes=5)
TRIES_AGAIN = timedelta(seconds=30)
MORNING = timedelta(hours=4)
PAPER_OUT, PAPER_BACK, DESK_KILLED = (timedelta(minutes=m) for m in (22, 26, 38))


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be played.

    Args:
        minutes: Real time after which it ends.
        seed: The same seed, the same visitors.
        bad_luck: Paper runs out, and a process is killed.
        but: Counters at which nobody is played.
    """

    minutes: float
    seed: int
    bad_luck: bool = True
    but: frozenset[str] = frozenset()


class Play:
    """One morning.

    Args:
        stage: Where it is played.
        plot: What is played.
        texts: In which language it is told.
        tell: Takes each line.
        goes_on: Asked twenty times a second; False ends it.
        rests: Whether all that is played stands still, for somebody who plays alone.
    """

    def __init__(
        self,
        stage: Stage,
        plot: Plot,
        texts: Texts,
        tell: Callable[[str], None],
        *,
        goes_on: Callable[[], bool] = lambda: True,
        rests: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stage = stage
        self._plot = plot
        self._texts = texts
        self._tell = tell
        self._goes_on = goes_on
        self._rests = rests
        self._over = threading.Event()
        self._events: list[events.Event] = []
        self._alarms: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._known_alarms: set[str] = set()
        self._codes: dict[Visitor, str] = {}
        services = stage.settings.services
        self._minutes = {s.code: s.minutes / timedelta(minutes=1) for s in services}
        words = {s.code: s.text[texts.language] for s in services}
        self._narrator = Narrator(texts, words, stage.settings.site.timezone)

    def run(self) -> None:
        """Play until the time is over, or it is not to go on."""
        opens = _next_full(self._stage.clock.now())
        until_s = time.monotonic() + self._plot.minutes * 60
        coming = self._timetable(opens)
        with ExitStack() as stack:
            journal = stack.enter_context(JournalReader(self._stage.journal))
            stack.enter_context(
                self._stage.hear(RECEPTION, (self._stage.topics.alarms,), self._alarms.put)
            )
            stack.callback(self._send_home, self._open_counters(stack))
            while time.monotonic() < until_s and self._goes_on():
                now = self._stage.clock.now()
                while coming and coming[0][0] <= now:
                    _, order, happens = heapq.heappop(coming)
                    # Whoever would come while somebody plays alone stays at home.
                    if not self._rests() and not happens():
                        heapq.heappush(coming, (now + TRIES_AGAIN, order, happens))
                self._narrate(journal)
                self._stage.save_slips()
                time.sleep(ROUND_S)
            self._over.set()
            self._narrate(journal)
            slips = journal.slips()
        self._sum_up(slips)

    def _timetable(self, opens: datetime) -> list[tuple[datetime, int, Callable[[], bool]]]:
        """Give what happens when, as a heap; what gives False is tried again."""
        order = itertools.count()
        happens = [(at, next(order), what) for at, what in self._happenings(opens)]
        heapq.heapify(happens)
        return happens

    def _happenings(self, opens: datetime) -> Iterator[tuple[datetime, Callable[[], bool]]]:
        counters = len(self._stage.settings.counters)
        for visitor in visitors(opens, opens + MORNING, self._minutes, counters, self._plot.seed):
            yield visitor.comes, self._entrance(visitor)
        if self._plot.bad_luck:
            yield opens + PAPER_OUT, self._paper_out
            yield opens + PAPER_BACK, self._paper_back
            yield opens + DESK_KILLED, self._kill_desk

    def _entrance(self, visitor: Visitor) -> Callable[[], bool]:
        if visitor.slot is None:
            return lambda: self._stage.press(visitor.service)
        # Booked at home, before the doors opened.
        code = self._stage.book(visitor.slot, visitor.service)
        return lambda: self._stage.hold_up(code)

    def _paper_out(self) -> bool:
        self._tell(self._texts("demo.bad_paper"))
        self._stage.printer.paper.run_out()
        return True

    def _paper_back(self) -> bool:
        self._tell(self._texts("demo.good_paper"))
        self._stage.printer.paper.load()
        return True

    def _kill_desk(self) -> bool:
        self._tell(self._texts("demo.bad_desk"))
        self._stage.supervisor.kill("desk")
        return True

    def _open_counters(self, stack: ExitStack) -> list[Clerk]:
        by_letter = {s.letter: self._minutes[s.code] for s in self._stage.settings.services}
        clerks = []
        for counter in self._stage.settings.counters:
            if counter.id in self._plot.but:
                continue
            asker = stack.enter_context(self._stage.counter(counter.id))
            clerk = Clerk(counter.id, asker, by_letter, self._sleep, self._plot.seed)
            clerk.begin()
            clerks.append(clerk)
        return clerks

    def _send_home(self, clerks: list[Clerk]) -> None:
        self._over.set()
        for clerk in clerks:
            clerk.join()

    def _sleep(self, played_s: float) -> bool:
        over = self._over.wait(played_s / self._stage.clock.speed)
        while self._rests() and not over:
            over = self._over.wait(ROUND_S)
        return over

    def _narrate(self, journal: JournalReader) -> None:
        for event in journal.news():
            self._events.append(event)
            line = self._narrator.tell(event)
            if line is not None:
                self._tell(line)
        while not self._alarms.empty():
            news = self._alarms.get()
            if isinstance(news, Received):
                self._tell_alarms(decode(news.payload, Alarms))

    def _tell_alarms(self, alarms: Alarms) -> None:
        sentences = {alarm.sentence for alarm in alarms.alarms}
        for sentence in sorted(sentences - self._known_alarms):
            self._tell(self._texts("demo.alarm", sentence=sentence))
        self._known_alarms = sentences

    def _sum_up(self, slips: dict[str, int]) -> None:
        summary = summarise(self._events, self._stage.clock.now())
        self._tell("")
        self._tell(self._texts("demo.sum_title"))
        for line in lines(summary, self._texts):
            self._tell(f"  {line}")
        told = slips.get("told", 0) + slips.get("owed", 0)
        self._tell(
            "  " + self._texts("demo.sum_slips", printed=self._stage.save_slips(), told=told)
        )
        restarts = sum(self._stage.supervisor.restarts.values())
        faults = len(self._stage.printer.faults)
        self._tell("  " + self._texts("demo.sum_faults", restarts=restarts, emulator=faults))


def _next_full(now: datetime) -> datetime:
    """Give the next time on whole five minutes: appointments are told in minutes, not seconds."""
    past = timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    return now + -past % FULL
