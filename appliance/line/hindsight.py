"""What people were told, kept until it is seen what came of it.

A number that is taken within a minute of a forecast was taken in knowledge of it. Where nobody
asks, a rough forecast is made and compared now and then, so as to learn from it all the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from appliance.line.calibration import Said
from appliance.line.model import TicketState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from appliance.line import events
    from appliance.line.calibration import Calibration, Met
    from appliance.line.forecast import Forecast

STILL_SAID = timedelta(minutes=1)
TRIED_EVERY = timedelta(hours=1)


class Word(NamedTuple):
    """What was told, and when."""

    at: datetime
    forecast: Forecast


class Meeting(NamedTuple):
    """A word that a counter's last call has met."""

    ticket: str
    word: Word
    met: Met


class Hindsight:
    """Compares words with what came of them.

    Args:
        calibration: Learns from that.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._told: dict[str, Word] = {}
        self._awaited: dict[str, Word] = {}
        self._met: dict[str, Meeting] = {}
        self._tried: datetime | None = None

    def told(self, service: str, now: datetime, forecast: Forecast) -> None:
        """Note what people who want a service are told."""
        self._told[service] = Word(now, forecast)

    def issued(self, event: events.TicketIssued, roughly: Callable[[], Forecast | None]) -> None:
        """Keep what the person was told, or would have been told.

        Args:
            event: A number without an appointment.
            roughly: Makes a forecast for it.
        """
        told = self._told.get(event.service)
        if told is not None and event.at - told.at <= STILL_SAID:
            self._awaited[event.ticket] = Word(event.at, told.forecast)
        elif self._tried is None or event.at - self._tried >= TRIED_EVERY:
            self._tried = event.at
            forecast = roughly()
            if forecast is not None:
                self._awaited[event.ticket] = Word(event.at, forecast)

    def called(self, event: events.TicketCalled, chance: Callable[[], float]) -> None:
        """Compare what the person was told with what happened.

        Args:
            event: The call.
            chance: Gives it between 0 and 1; see `Calibration.take`.
        """
        self._met.pop(event.counter, None)
        word = self._awaited.pop(event.ticket, None)
        if word is None:
            return
        p5, p95 = word.forecast.interval
        said = Said(
            p5.total_seconds(),
            word.forecast.p50.total_seconds(),
            word.forecast.p90.total_seconds(),
            p95.total_seconds(),
            word.forecast.points_s,
        )
        met = self._calibration.take(said, (event.at - word.at).total_seconds(), chance())
        self._met[event.counter] = Meeting(event.ticket, word, met)

    def undone(self, event: events.StepUndone) -> None:
        """Wait on for whoever was called by mistake."""
        meeting = self._met.pop(event.counter.id, None)
        if meeting is not None and any(
            ticket.number == meeting.ticket and ticket.state is TicketState.WAITING
            for ticket in event.tickets
        ):
            self._calibration.take_back(meeting.met)
            self._awaited[meeting.ticket] = meeting.word

    def forget(self) -> None:
        """Forget what is under way: the day has turned, or the clock was wrong."""
        self._told.clear()
        self._awaited.clear()
        self._met.clear()
        self._tried = None
