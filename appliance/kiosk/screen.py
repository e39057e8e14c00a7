"""The kiosk's process: fingers and the bus go through the visit; pages and commands come out.

It decides nothing of the line, and keeps nothing: what somebody did is in their visit, in memory,
and gone with it. It is in no log either: here nothing is written down of what is touched or typed.
"""

from __future__ import annotations

import logging
import queue
import secrets
import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from appliance.board.screen import YEARS
from appliance.bus.asking import EXPIRY_S, KEY_BYTES
from appliance.bus.link import Connected, Disconnected, Inbound, Received
from appliance.bus.messages.asked import Command, Reply
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.messages.shown import KioskResult, Wait
from appliance.bus.verbs import SPEAK
from appliance.display import kiosk_view as page
from appliance.display.board_view import Hung
from appliance.drivers.buttons import HELP
from appliance.drivers.touch import Finger, KeyDown
from appliance.kiosk.keys import action_of, next_of
from appliance.kiosk.views import view
from appliance.kiosk.visit import Ask, Speak
from appliance.mailbox import take

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from appliance.board.screen import Screen
    from appliance.bus.topics import Topics
    from appliance.display.kiosk import KioskPainter
    from appliance.display.layout import Box
    from appliance.drivers.touch import Felt, TouchMonitor
    from appliance.kiosk.hall import Hall
    from appliance.kiosk.layers import Layers
    from appliance.kiosk.manners import Manners, Step
    from appliance.kiosk.visit import Effect, Visit

log = logging.getLogger(__name__)

ROUND_S: Final = 0.03
"""The longest round: no finger waits longer for it."""


class Pressed(NamedTuple):
    """A button of the kiosk's own was pressed: of a service, or for help."""

    name: str


News = Inbound | Hung | Pressed


class Publish(Protocol):
    """How the kiosk sends; `Link.publish` is one."""

    def __call__(
        self,
        topic: str,
        payload: bytes,
        *,
        expiry_s: int | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> int:
        """Send, or give 0."""


class Place(NamedTuple):
    """Where the kiosk is, on the bus.

    Args:
        topics: The lobby's tree.
        name: The kiosk's.
        token: The last part of the topic on which it is answered; another one at each start.
    """

    topics: Topics
    name: str
    token: str

    @property
    def caller(self) -> str:
        """Its login."""
        return f"kiosk.{self.name}"

    @property
    def replies(self) -> str:
        """Where it is answered."""
        return self.topics.reply(self.caller, self.token)

    @property
    def results(self) -> str:
        """Where it is told what to show."""
        return self.topics.kiosk_result(self.name)


class Below(NamedTuple):
    """The board below the kiosk.

    Args:
        board: Drawn on `layers`.
        layers: What is seen of both.
    """

    board: Screen
    layers: Layers


class KioskScreen:
    """The loop of the kiosk.

    Args:
        inbox: What the link hands on, slides that were read, and presses of its own buttons.
        place: Where it is.
        manners: How it behaves.
        hall: Nothing heard yet.
        painter: Draws; of the monitor's size, or of the part of it above a board.
        monitor: Shows and feels; stays open, whoever opened it closes it.
        publish: Sends on the bus.
        below: The board, where it is shown while nobody is here; None: the first page is.
        speak: Speaks a number that is on no slip, at a time of the site.
        beat: Called in every round.
    """

    def __init__(
        self,
        inbox: queue.SimpleQueue[News],
        place: Place,
        manners: Manners,
        hall: Hall,
        painter: KioskPainter,
        monitor: TouchMonitor,
        publish: Publish,
        *,
        below: Below | None = None,
        speak: Callable[[str, datetime | None], object] = lambda *_: None,
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._inbox = inbox
        self._place = place
        self._manners = manners
        self._hall = hall
        self._painter = painter
        self._monitor = monitor
        self._below = below
        self._speak = speak
        self._beat = beat
        self._publish = publish
        self._visit: Visit = manners.fresh
        self._shown: page.KioskView | None = None
        self._board_due_s = 0.0
        self._covered = False

    @property
    def visit(self) -> Visit:
        """As it is."""
        return self._visit

    @property
    def shown(self) -> page.KioskView | None:
        """What can be seen of the kiosk, or could be if no board were; None: nothing yet."""
        return self._shown

    def run(self, stop: threading.Event) -> None:
        """Be there for visitors until `stop` is set or the window is closed.

        Raises:
            MonitorGone: There is nothing to draw on any more.
        """
        while not stop.is_set() and self._monitor.pump():
            self._beat()
            for felt in self._monitor.felt():
                self._feel(felt)
            self._goes(self._manners.passes(self._visit, time.monotonic()))
            self._draw()
            self._listen()

    # What comes in.

    def _feel(self, felt: Felt) -> None:
        """A finger, or a key."""
        covered = self._below is None or self._covered
        match felt:
            case Finger(x, y):
                action = (self._painter.touched(x, y) if covered else None) or ""
            case KeyDown(name):
                actions, focus = self._painter.actions if covered else (), self._visit.focus
                there = next_of(name, focus, actions, mirrored=self._painter.mirrored)
                if there is not None:
                    self._goes(self._manners.goes_to(self._visit, there, time.monotonic()))
                    return
                action = action_of(name, actions, focus)
        self._touch(action)

    def _touch(self, action: str) -> None:
        key = secrets.token_bytes(KEY_BYTES)
        self._goes(self._manners.touch(self._visit, action, time.monotonic(), key))

    def _listen(self) -> None:
        """Wait for news, but not for long: nothing else tells of fingers."""
        try:
            self._hear(take(self._inbox, ROUND_S))
            while True:  # what came together is drawn once
                self._hear(self._inbox.get_nowait())
        except queue.Empty:
            return

    def _hear(self, news: News) -> None:
        now_s = time.monotonic()
        match news:
            case Connected():
                self._hall = self._hall.connected(now_s, up=True)
                self._do(self._manners.speak_again(self._visit))
                self._goes(self._manners.ask_again(self._visit, now_s))
            case Disconnected():
                self._hall = self._hall.connected(now_s, up=False)
            case Pressed(name) if name == HELP:
                self._touch(page.ASSISTANCE)
            case Pressed(name):
                key = secrets.token_bytes(KEY_BYTES)
                self._goes(self._manners.press(self._visit, name, now_s, key))
            case Received():
                self._received(news, now_s)
        if self._below is not None and isinstance(news, Received | Hung) and self._shared(news):
            self._below.board.hear(news)
            self._board_due_s = 0.0

    def _received(self, news: Received, now_s: float) -> None:
        topics, place = self._place.topics, self._place
        try:
            if news.topic == topics.wait:
                wait = decode(news.payload, Wait)
                if wait.as_of.tzinfo is not None and wait.as_of.year in YEARS:
                    self._hall = self._hall.hear(wait, now_s, live=not news.retained)
            elif news.topic == place.results and not self._is_boards(news):
                result = decode(news.payload, KioskResult)
                self._goes(self._manners.result(self._visit, result, news.correlation, now_s))
            elif news.topic == place.replies:
                reply = decode(news.payload, Reply)
                self._goes(self._manners.replied(self._visit, reply, news.correlation, now_s))
        except MessageError as error:
            log.warning("a message on %s is passed over: %s", news.topic, error)

    def _is_boards(self, news: Received) -> bool:
        """Tell whether a result is none of the kiosk's own.

        Who shows a code while the board is seen is told on the board. One that was kept by the
        broker was meant for somebody who has left.
        """
        return news.retained or (
            self._below is not None
            and news.correlation is None
            and self._visit == self._manners.fresh
        )

    def _shared(self, news: Received | Hung) -> bool:
        """Tell whether the board below is to hear it, too."""
        if not isinstance(news, Received) or news.topic != self._place.results:
            return True
        return self._is_boards(news)

    # What goes out.

    def _goes(self, step: Step) -> None:
        """Take the next step of the visit, and do what it asks for."""
        before, (self._visit, effects) = self._visit, step
        self._do(effects)
        told = self._visit.told
        if told is not None and told != before.told and told.notice.in_place_of_slip:
            self._speak(told.notice.ticket or "", self._hall.clock(time.monotonic()))

    def _do(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Ask(verb, command, key):
                    self._send(verb, command, key)
                case Speak(language, large_print):
                    # It is forgotten by itself, should this be lost.
                    command = Command(language=language or None, large_print=large_print)
                    self._send(SPEAK, command, secrets.token_bytes(KEY_BYTES))

    def _send(self, verb: str, command: Command, key: bytes) -> None:
        self._publish(
            self._place.topics.command(self._place.caller, verb),
            encode(command),
            expiry_s=EXPIRY_S,
            response_topic=self._place.replies,
            correlation=key,
        )

    def _draw(self) -> None:
        now_s = time.monotonic()
        seen = view(self._manners, self._visit, self._hall, now_s)
        changed: tuple[Box, ...] = ()
        if seen != self._shown:
            # Below a board, too: what the last visitor saw is in no picture any more.
            changed = self._painter.paint(seen)
            if self._shown is None:
                # The screen is black at first, and the painter's picture is not.
                changed = (self._painter.part,)
        if self._below is None:
            if changed:
                self._monitor.show(self._painter.picture, changed)
        else:
            self._draw_both(self._below, changed, now_s)
        self._shown = seen

    def _draw_both(self, below: Below, changed: tuple[Box, ...], now_s: float) -> None:
        covered = self._visit != self._manners.fresh
        if covered:
            below.layers.cover(self._painter.picture, changed)
        if now_s >= self._board_due_s or covered != self._covered:
            below.board.draw(covered=covered)
            self._board_due_s = now_s + below.board.rests_s()
        if not covered:
            below.layers.uncover()
        self._covered = covered
