"""The board's process: what comes over the bus goes through the state and the painter to a monitor.

It decides nothing and remembers nothing: killed at any moment and started again, it draws the same
from what the bus keeps. Only what was told to the person at the kiosk goes with it.
"""

from __future__ import annotations

import logging
import queue
import time
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from appliance.bus.link import Inbound, Received
from appliance.bus.messages.payload import MessageError, decode
from appliance.bus.messages.shown import Board, KioskResult, Wait
from appliance.display.board_view import Hung, NoticeView, Tone
from appliance.mailbox import take

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from appliance.bus.topics import Topics
    from appliance.display.board import BoardPainter
    from appliance.display.board_state import BoardState
    from appliance.display.board_view import BoardView
    from appliance.drivers.monitor import Monitor

log = logging.getLogger(__name__)

News = Inbound | Hung
"""What comes to a screen: over the bus, or out of the folder of slides."""

ROUND_S = 0.5
"""The longest round: the stop event, the window and the watchdog are looked after this often."""

COVERED = NoticeView("", Tone.TOLD)
"""Nobody sees it: it keeps the place free for what lies there."""

YEARS = range(2020, 2100)
"""A clock outside of these was never set."""


class Announces(Protocol):
    """Who speaks what is shown; `Announcer` does. Returns at once."""

    def hear(self, board: Board, clock: datetime | None) -> None:
        """Have spoken what is new on the board, now that it can be seen.

        Args:
            board: What is shown.
            clock: What time it is at the site; None: it is not known.
        """

    def remember(self, ticket: str, clock: datetime | None) -> None:
        """Have a number spoken that is not on paper, now that it can be seen."""


class Screen:
    """The loop of the board.

    Args:
        inbox: What the link hands on, `Link(…, hand_on=inbox.put)`, and slides that were read.
        topics: To know the board's topics by.
        state: The state to begin with: nothing heard. Its speed is that of the played time.
        painter: Draws; of the monitor's size.
        monitor: Shows; stays open, whoever opened it closes it.
        kiosk: The kiosk that this screen stands beside: what it is told is shown; None: no kiosk.
        announces: Speaks what is shown; None: nothing is spoken.
        rests: Called with what is seen, in every round: the screen may be switched off meanwhile.
        beat: Called in every round, at least twice a second.
        monotonic: A real clock, in seconds.
    """

    def __init__(
        self,
        inbox: queue.SimpleQueue[News],
        topics: Topics,
        state: BoardState,
        painter: BoardPainter,
        monitor: Monitor,
        *,
        kiosk: str | None = None,
        announces: Announces | None = None,
        rests: Callable[[BoardView], object] = lambda _: None,
        beat: Callable[[], object] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inbox = inbox
        self._kinds: dict[str, type[Board | Wait | KioskResult]] = {
            topics.board: Board,
            topics.wait: Wait,
        }
        if kiosk is not None:
            self._kinds[topics.kiosk_result(kiosk)] = KioskResult
        self._state = state
        self._speed = state.timing.speed
        self._painter = painter
        self._monitor = monitor
        self._announces = announces
        self._to_announce: list[Callable[[Announces, datetime | None], None]] = []
        self._rests = rests
        self._beat = beat
        self._monotonic = monotonic

    def run(self, stop: threading.Event) -> None:
        """Show the board until `stop` is set or the window is closed.

        Raises:
            MonitorGone: There is nothing to draw on any more.
        """
        while not stop.is_set() and self._monitor.pump():
            self._beat()
            self.draw()
            self._listen()

    def draw(self, *, covered: bool = False) -> None:
        """Bring the picture up to date, and have spoken what can be seen now.

        `run` does it, and whoever has a loop of its own, with the board below something else.

        Args:
            covered: Something lies over the place of the notice: what else is told makes room.
        """
        view = self._state.view(self._now_s())
        if covered:
            view = replace(view, notice=view.notice or COVERED)
        changed = self._painter.paint(view)
        if changed:
            self._monitor.show(self._painter.picture, changed)
        self._rests(view)
        # Spoken is what can be seen, and never before.
        due, self._to_announce = self._to_announce, []
        for announce in due:
            if self._announces is not None:
                announce(self._announces, view.clock)

    def _listen(self) -> None:
        """Wait for news, but not beyond the moment when the picture changes by itself."""
        try:
            self.hear(take(self._inbox, self.rests_s()))
            while True:  # what came together is drawn once
                self.hear(self._inbox.get_nowait())
        except queue.Empty:
            return

    def rests_s(self) -> float:
        """Give for how many real seconds the picture stays as it is, at most half of one."""
        now_s = self._now_s()
        rests_s = (self._state.next_change_s(now_s) - now_s) / self._speed
        return max(0.0, min(ROUND_S, rests_s))

    def hear(self, news: News) -> None:
        """Take in what came; see `draw`."""
        if isinstance(news, Hung):
            around = self._state.around._replace(show=news.show)
            self._state = replace(self._state, around=around)
            self._painter.hang(news.pictures)
            return
        if not isinstance(news, Received) or news.topic not in self._kinds:
            return
        try:
            message = decode(news.payload, self._kinds[news.topic])
        except MessageError as error:
            log.warning("a message on %s is passed over: %s", news.topic, error)
            return
        if isinstance(message, KioskResult):
            self._show(message, news)
        elif message.as_of.tzinfo is None or message.as_of.year not in YEARS:
            log.warning(
                "a message on %s is passed over: no such time %s", news.topic, message.as_of
            )
        else:
            self._state = self._state.hear(message, self._now_s(), live=not news.retained)
            if isinstance(message, Board):
                self._to_announce.append(lambda to, clock: to.hear(message, clock))

    def _show(self, result: KioskResult, news: Received) -> None:
        if news.retained:
            # Whoever it was meant for has left; the desk never has one kept.
            log.warning("a message on %s is passed over: it was kept", news.topic)
            return
        self._state = self._state.show(result, self._now_s())
        notice = self._state.view(self._now_s()).notice
        if notice is not None and notice.in_place_of_slip and notice.ticket is not None:
            ticket = notice.ticket
            self._to_announce.append(lambda to, clock: to.remember(ticket, clock))

    def _now_s(self) -> float:
        """Give the moment as the state counts: in played seconds."""
        return self._monotonic() * self._speed
