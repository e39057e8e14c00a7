"""The forecast's own process: reads the journal, learns from it, answers what it is asked.

What was learned until the day turned is given to the desk, which keeps it in the journal. A child
that is started again takes that up, and need not read the weeks before.
"""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from appliance.desk import learned
from appliance.desk.forecasting import Asked, Learned, Promised, Scored, Told
from appliance.journal import codec
from appliance.line.events import DayTurned

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from typing import BinaryIO

    from appliance.desk.daybooks import DayBooks
    from appliance.journal.entries import Position
    from appliance.journal.reading import JournalReader
    from appliance.line.events import Event
    from appliance.line.forecast import Estimator, Forecast
    from appliance.line.line import Line

log = logging.getLogger(__name__)

STEP = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
BATCH = 2000

PROMISE_EVERY = timedelta(minutes=1)
"""The watch plays the hour once more for each counter that might help: with eleven of twelve closed
that takes 0.4 s of CPU where a forecast takes 0.03."""


class Forecaster:
    """Answers, line by line, until its input ends.

    Args:
        line: The line without its tickets, as configured.
        estimator: Learns; it knows nothing yet.
        journal: What happened.
        questions: `Asked` as JSON, one a line.
        answers: `Told` as JSON, one a line.
        books: The days' bookings, looked at before each answer.
    """

    def __init__(
        self,
        line: Line,
        estimator: Estimator,
        journal: JournalReader,
        questions: BinaryIO = sys.stdin.buffer,
        answers: BinaryIO = sys.stdout.buffer,
        *,
        books: DayBooks | None = None,
    ) -> None:
        self._line = line
        self._estimator = estimator
        self._journal = journal
        self._books = books
        self._questions = questions
        self._answers = answers
        self._learned: Learned | None = None
        self._promise: Mapping[str, Promised] = {}
        self._promised: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Answer until the desk closes our input, or `stop`.

        Raises:
            JournalError: It cannot be read.
        """
        self._remember()
        if self._books is not None:
            # Before what happened is heard: who did not come is learned when the day turns.
            self._know(self._books, self._books.days())
        for question in self._questions:
            if stop.is_set():
                return
            asked = msgspec.json.decode(question, type=Asked)
            if self._books is not None:
                self._know(self._books, self._books.refresh())
            self._catch_up()
            self._answers.write(msgspec.json.encode(self._told(asked.now)) + b"\n")
            self._answers.flush()
            self._learned = None

    def _told(self, now: datetime) -> Told:
        forecasts = {
            service: forecast
            for service in self._line.services
            if (forecast := self._estimator.wait_for(self._line, service, now)) is not None
        }
        return Told(
            now,
            {service: told_range(forecast) for service, forecast in forecasts.items()},
            {service: round(forecast.p50 / MINUTE) for service, forecast in forecasts.items()},
            self._promise_at(now),
            self._scored(),
            self._learned,
            self._followed(now),
        )

    def _followed(self, now: datetime) -> Mapping[str, tuple[int, int]]:
        """Give the ranges of those who may look: where slips carry no secret, nobody does."""
        if not any(ticket.follow for ticket in self._line.waiting.values()):
            return {}
        waits = self._estimator.waits(self._line, now)
        return {number: told_range(forecast) for number, forecast in waits.items()}

    def _promise_at(self, now: datetime) -> Mapping[str, Promised]:
        """Give the promise of the next hour, as it was at most a minute ago."""
        if self._promised is None or not timedelta() <= now - self._promised < PROMISE_EVERY:
            self._promised = now
            self._promise = {
                each.service: Promised(each.appointments, each.kept, each.mended_by, each.kept_then)
                for each in self._estimator.promise(self._line, now)
            }
        return self._promise

    def _scored(self) -> Scored | None:
        score = self._estimator.score()
        if not score.forecasts:
            return None
        return Scored(
            score.forecasts,
            score.days,
            score.error / MINUTE,
            score.bias / MINUTE,
            score.below_p90,
            score.inside,
        )

    def _remember(self) -> None:
        """Take up what was learned before, where the journal still has what came after it."""
        found = self._journal.learned()
        if found is None:
            return
        position, data = found
        try:
            kept = learned.decode(data)
        except learned.ForgottenError as error:
            log.warning("%s; it is learned anew from the journal", error)
            return
        if self._journal.go_to(position):
            self._estimator.remember(kept.memory)
            self._line = self._line.apply(kept.turned)

    def _know(self, books: DayBooks, days: Iterable[date]) -> None:
        """Tell the estimator who is booked; an adviser's people never stand in this line."""
        for day in days:
            booked = (each.booking for each in books.day(day).in_order())
            self._estimator.know(day, [each for each in booked if each.place is None])

    def _catch_up(self) -> None:
        while entries := self._journal.entries(BATCH):
            for entry in entries:
                if entry.type in codec.RECORD_TYPES:
                    continue
                try:
                    self._hear(codec.decode(entry.type, entry.data), entry.position)
                except (LookupError, TypeError, ValueError) as error:
                    # In a journal that was damaged and mended.
                    log.warning("an event does not fit and is passed over: %r", error)

    def _hear(self, event: Event, position: Position) -> None:
        self._estimator.hear(event, self._line)
        self._line = self._line.apply(event)
        if isinstance(event, DayTurned):
            kept = learned.Kept(event, self._estimator.memory())
            self._learned = Learned(event.day, *position, learned.encode(kept))


def told_range(forecast: Forecast) -> tuple[int, int]:
    """Give what people are told: from the lucky end to where nine of ten are called, in minutes.

    Both ends on whole five minutes, the lower down and the upper up, and never the same: a bare
    point would promise more than anyone knows.
    """
    low = forecast.interval[0] // STEP * STEP
    high = max(-(-forecast.p90 // STEP) * STEP, low + STEP)
    return low // MINUTE, high // MINUTE
