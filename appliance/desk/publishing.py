"""What the desk tells everyone: the line as it stands, what is wrong, what a scan came to.

The topics are kept by the broker for who comes later, and told again every so often, so that a
reader can see how old they are.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages import shown, staff
from appliance.bus.messages.payload import encode
from appliance.bus.views import View
from appliance.desk.alarms import AlarmBook
from appliance.desk.following import Following
from appliance.drivers.printer import PrinterStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from appliance.bus.messages.alive import Health
    from appliance.bus.topics import Topics
    from appliance.desk.forecasting import Told
    from appliance.desk.parts import Wrong
    from appliance.desk.surroundings import Publish, Rhythm, Upstream, Watch
    from appliance.journal.card import Trouble
    from appliance.line.line import Line
    from appliance.strings import Texts

RESULT_EXPIRY_S = 5
"""A kiosk that was away shows the next visitor nothing of the last one."""

FORECAST_VALID = timedelta(minutes=5)

NEWS_S = 0.1
"""Nobody waits longer for news, however much is going on."""


class Publishing:
    """Tells how things stand, when they have changed and every so often.

    Args:
        publish: Sends on the bus.
        topics: The lobby's tree.
        texts: In the site's language.
        session: Random per start.
        rhythm: How often it speaks.
        upstream: The central broker is told the same, where there is one.
        watch: Who knows how the device is; None: nobody does.
    """

    def __init__(
        self,
        publish: Publish,
        topics: Topics,
        texts: Texts,
        session: str,
        rhythm: Rhythm,
        upstream: Upstream | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._publish = publish
        self._upstream = upstream
        self._watch = watch
        self._topics = topics
        self._texts = texts
        self._session = session
        self._rhythm = rhythm
        self._following = None if upstream is None else Following(topics, upstream)
        self._alarms = AlarmBook()
        self._of_parts: frozenset[str] = frozenset()
        self._printer: PrinterStatus | None = None
        self._told: Told | None = None
        self._told_s = float("-inf")
        self._news_s: float | None = time.monotonic()
        self._refused = 0

    @property
    def news(self) -> bool:
        """Whether there is something to be told."""
        return self._news_s is not None

    def changed(self) -> None:
        """Note that there is news."""
        if self._news_s is None:
            self._news_s = time.monotonic()

    def forecast_came(self, told: Told) -> None:
        """Take in the child's last word."""
        self._told = told
        self.changed()

    def forecasts(self, now: datetime) -> Told | None:
        """Give the forecasts while they are fresh enough to be told."""
        if self._told is None or not timedelta() <= now - self._told.at <= FORECAST_VALID:
            return None
        return self._told

    def alarm(self, name: str, now: datetime, text: str = "", **facts: object) -> None:
        """Have staff told that something is wrong.

        Args:
            name: One alarm of a name is on at a time.
            now: Desk time.
            text: Its words stand under `alarm.{text}`; by default under its name.
            facts: What they need.
        """
        sentence = self._texts(f"alarm.{text or name}", **facts)
        if self._alarms.on(name, sentence, now):
            self.changed()

    def over(self, name: str) -> None:
        """Take back an alarm, if it is on."""
        if self._alarms.off(name):
            self.changed()

    def refused(self) -> None:
        """Count a message that was not what it should be."""
        self._refused += 1

    def parts_are(self, wrong: Iterable[Wrong], now: datetime) -> None:
        """Have staff told what is wrong with the desk's parts: this, and no longer what was."""
        on = set()
        for each in wrong:
            self.alarm(each.name, now, each.text, **each.facts)
            on.add(each.name)
        for name in self._of_parts - on:
            self.over(name)
        self._of_parts = frozenset(on)

    @property
    def paper(self) -> bool:
        """Whether the printer prints, as far as is known."""
        return self._printer is None or self._printer.prints

    def printer_is(self, status: PrinterStatus, now: datetime) -> None:
        """Note how the printer is: without paper, numbers stand large on the screen."""
        if status is not self._printer:
            self._printer = status
            self.changed()
        if status is PrinterStatus.READY:
            self.over("printer")
        else:
            self.alarm("printer", now, f"printer_{status.value}")

    def card_is(self, trouble: Trouble | None, now: datetime) -> None:
        """Note how the card is that the journal is on."""
        if trouble is None:
            self.over("card")
        else:
            # The forecast reads the card: what it says is of a line as it was.
            self._told = None
            self.alarm("card", now, f"card_{trouble.word}")

    def show(
        self,
        kiosk: str,
        outcome: str,
        facts: Mapping[str, str],
        ticket: str | None = None,
        more: Mapping[str, str] | None = None,
        *,
        key: bytes | None = None,
    ) -> None:
        """Tell the person at a kiosk what a scan or a press came to; see `KioskResult`.

        Args:
            kiosk: Its name.
            outcome: As in the message; the same for `facts`, `ticket` and `more`.
            facts: What the text needs.
            ticket: The number.
            more: What is said after it, by language.
            key: Of the command that it came of, for a kiosk's screen; None: it came of none.
        """
        result = shown.KioskResult(
            outcome=outcome,
            facts=dict(facts),
            ticket=ticket,
            paper=self.paper,
            more=dict(more or {}),
        )
        topic = self._topics.kiosk_result(kiosk)
        self._publish(topic, encode(result), expiry_s=RESULT_EXPIRY_S, correlation=key)

    def due(self, *, idle: bool) -> bool:
        """Tell whether it is time to speak: every so often, and with news once it is quiet."""
        now_s = time.monotonic()
        if now_s - self._told_s >= self._rhythm.tick_s:
            return True
        return self._news_s is not None and (idle or now_s - self._news_s >= NEWS_S)

    def tell(self, line: Line, now: datetime) -> None:
        """Tell everyone how the line stands."""
        told = self.forecasts(now)
        view = View(line, now, self._session, self._rhythm.valid_s)
        wait = view.wait(told.ranges if told else None)
        upstream = self._upstream
        everyone = (
            (self._topics.board, view.board(online=None if upstream is None else upstream.online)),
            (self._topics.wait, wait),
            *((self._topics.wait_of(each.service), view.wait_of(each)) for each in wait.services),
            (self._topics.promise, view.promise(*_foreseen(told))),
            (self._topics.alarms, view.alarms(self._alarms.now())),
        )
        for topic, message in everyone:
            payload = encode(message)
            self._publish(topic, payload, retain=True)
            if upstream is not None:
                upstream.mirror(topic, payload)
        # It comes again in a moment, and is not worth a confirmation.
        health = encode(self._health(view))
        self._publish(self._topics.health, health, retain=True, qos=0)
        if upstream is not None:
            upstream.mirror(self._topics.health, health, qos=0)
        # What stands in it is for counters, and stays in the house.
        self._publish(self._topics.tickets, encode(view.tickets()), retain=True)
        if self._following is not None:
            self._following.tell(line, view, told)
        self._told_s = time.monotonic()
        self._news_s = None

    def _health(self, view: View) -> Health:
        known = self._printer is not None
        return view.health(
            self._printer.value if self._printer is not None else None,
            None if self._upstream is None else self._upstream.health(),
            {} if self._watch is None else self._watch.told(),
            paper=self.paper if known else None,
            refused=self._refused,
        )


def _foreseen(told: Told | None) -> tuple[list[staff.Watch], staff.Score | None]:
    """Give what the forecast says of the next hour, and of itself, as it is published."""
    if told is None:
        return [], None
    watch = [
        staff.Watch(
            service=service,
            appointments=round(each.appointments, 1),
            kept=round(each.kept, 3),
            mended_by=each.mended_by,
            kept_then=None if each.kept_then is None else round(each.kept_then, 3),
        )
        for service, each in sorted(told.promise.items())
    ]
    if told.score is None:
        return watch, None
    score = staff.Score(
        forecasts=told.score.forecasts,
        error_min=round(told.score.error_min, 1),
        bias_min=round(told.score.bias_min, 1),
        below_p90=round(told.score.below_p90, 3),
    )
    return watch, score
