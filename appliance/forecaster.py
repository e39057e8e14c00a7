"""The forecast's own process: reads the journal, learns from it, answers what it is asked."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from appliance.forecasting import Asked, Told

if TYPE_CHECKING:
    import threading
    from typing import BinaryIO

    from appliance.journal.reading import JournalReader
    from appliance.line.forecast import Estimator, Forecast
    from appliance.line.line import Line

STEP = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


class Forecaster:
    """Answers, line by line, until its input ends.

    Args:
        line: The line without its tickets, as configured.
        estimator: Learns.
        journal: What happened.
        questions: `Asked` as JSON, one a line.
        answers: `Told` as JSON, one a line.
    """

    def __init__(
        self,
        line: Line,
        estimator: Estimator,
        journal: JournalReader,
        questions: BinaryIO = sys.stdin.buffer,
        answers: BinaryIO = sys.stdout.buffer,
    ) -> None:
        self._line = line
        self._estimator = estimator
        self._journal = journal
        self._questions = questions
        self._answers = answers

    def run(self, stop: threading.Event) -> None:
        """Answer until the desk closes our input, or `stop`."""
        for question in self._questions:
            if stop.is_set():
                return
            asked = msgspec.json.decode(question, type=Asked)
            self._catch_up()
            ranges = {}
            for service in self._line.services:
                forecast = self._estimator.wait_for(self._line, service, asked.now)
                if forecast is not None:
                    ranges[service] = told_range(forecast)
            self._answers.write(msgspec.json.encode(Told(asked.now, ranges)) + b"\n")
            self._answers.flush()

    def _catch_up(self) -> None:
        for event in self._journal.news():
            self._estimator.hear(event, self._line)
            self._line = self._line.apply(event)


def told_range(forecast: Forecast) -> tuple[int, int]:
    """Give what people are told: from the lucky end to where nine of ten are called, in minutes.

    Both ends on whole five minutes, the lower down and the upper up, and never the same: a bare
    point would promise more than anyone knows.
    """
    low = forecast.interval[0] // STEP * STEP
    high = max(-(-forecast.p90 // STEP) * STEP, low + STEP)
    return low // MINUTE, high // MINUTE
