"""Which call is spoken when: every one, oldest first, one after the other.

The picture comes first and does not wait: all of this happens in a thread of its own, and what it
waits for, the sound device, in a process of its own. What is known comes with each message of the
board; what was spoken is forgotten at a restart, so that a call may be heard twice, but none is
left out.

Where several are called at once, each is first spoken in the main language, and the further
languages follow when nobody waits: the eighth of eight would else hear the number a minute late.
For the same reason somebody who is called may come between the second language and the third.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from appliance.drivers.sound import SoundError
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from datetime import time as time_of_day

    from appliance.bus.messages.shown import Board
    from appliance.drivers.sound import Speaker

log = logging.getLogger(__name__)

YOUNG_S: Final = 20.0
"""A call that is older when it is heard of is over."""
TRY_AGAIN_S: Final = 3.0
AT_ONCE: Final = 2
"""So many languages, where nobody else waits: nobody has to wait for longer than they take."""
CALLS_MAX: Final = 60
"""More than any lobby has: no message makes the board speak for longer than that."""
STOP_S: Final = 5.0


class Call(msgspec.Struct, frozen=True):
    """What is to be spoken.

    Args:
        id: Unique; empty: not a call, but the number of somebody at the kiosk without a slip.
        ticket: Whose.
        counter: Where to.
        at_s: When it was called, on the announcer's clock.
    """

    id: str
    ticket: str
    counter: str
    at_s: float


class Announcement(msgspec.Struct, frozen=True):
    """What is spoken without a break.

    Args:
        call: What it is about.
        begins: The first of its languages; before the main one, 0, comes the gong.
        ends: The language before which it ends; None: all are spoken.
    """

    call: Call
    begins: int = 0
    ends: int | None = None


class Turns:
    """Whose turn it is. Times are of one monotonic clock.

    Args:
        languages: In how many of them everything is spoken.
    """

    def __init__(self, languages: int) -> None:
        self._languages = languages
        self._known: set[str] = set()
        self._waiting: list[Call] = []
        self._owed: list[tuple[Call, int]] = []

    @property
    def idle(self) -> bool:
        """Whether there is nothing to be spoken."""
        return not self._waiting and not self._owed

    def hear(self, board: Board, now_s: float) -> None:
        """Take in what the board shows."""
        listed = {call.id for call in (*board.calls, *board.at_counters)}
        # Nobody is to follow a call any more that was taken back, or made anew.
        self._waiting = [call for call in self._waiting if not call.id or call.id in listed]
        self._owed = [each for each in self._owed if not each[0].id or each[0].id in listed]
        self._known &= listed
        for call in sorted(board.calls[:CALLS_MAX], key=lambda call: -call.age_s):
            if call.id in self._known or call.age_s >= YOUNG_S:
                continue
            self._known.add(call.id)
            self._waiting.append(Call(call.id, call.ticket, call.counter, now_s - call.age_s))

    def remember(self, ticket: str, now_s: float) -> None:
        """Take in that somebody has a number and no slip."""
        self._waiting.append(Call("", ticket, "", now_s))

    def next(self) -> Announcement | None:
        """Give what is to be spoken next, and take it for spoken; None: nothing."""
        if self._waiting:
            call, *self._waiting = self._waiting
            return self._until(call, 0, 1 if self._waiting else AT_ONCE)
        if self._owed:
            (call, begins), *self._owed = self._owed
            return self._until(call, begins, begins + 1)
        return None

    def _until(self, call: Call, begins: int, ends: int) -> Announcement:
        if ends < self._languages:
            self._owed.append((call, ends))
        return Announcement(call, begins, ends)

    def again(self, announcement: Announcement) -> None:
        """Put back what was not heard."""
        call, begins = announcement.call, announcement.begins
        self.drop(call)
        if begins == 0:
            self._waiting.insert(0, call)
        else:
            self._owed.insert(0, (call, begins))

    def drop(self, call: Call) -> None:
        """Give up what is still to be spoken of a call."""
        self._owed = [each for each in self._owed if each[0] != call]


class Composed(NamedTuple):
    """An announcement, put together.

    Args:
        samples: As `Speaker.play` takes them; none: nothing of it can be said.
        missing: What could not be said, and why; empty: all of it is there.
    """

    samples: bytes
    missing: str = ""


class Composes(Protocol):
    """Who puts an announcement together; `Voice` does."""

    @property
    def languages(self) -> int:
        """In how many languages everything is spoken."""

    def compose(self, announcement: Announcement) -> Composed:
        """Put an announcement together, in a few milliseconds."""


class AnnouncerError(LobbyError):
    """The announcer did not stop."""


class Announcer:
    """Speaks. Its methods are called from the loop of the board, and return at once.

    Args:
        voice: Puts announcements together.
        speaker: Where they are heard; closed at the end.
        volume: Gives the amplitude, from 0 to 1, at a time of day; None: it is not known.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        voice: Composes,
        speaker: Speaker,
        volume: Callable[[time_of_day | None], float] = lambda _: 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._voice = voice
        self._speaker = speaker
        self._volume = volume
        self._monotonic = monotonic
        self._turns = Turns(voice.languages)
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._clock: time_of_day | None = None
        self._trouble = ""
        self._deaf = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    @property
    def trouble(self) -> str:
        """Why the last one was not heard, or not all of it, for people; empty: it was."""
        return self._trouble

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Fall silent; blocks for 5 s at most.

        Raises:
            AnnouncerError: It did not.
        """
        self._stop.set()
        self._inbox.put(None)
        self._speaker.close()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            raise AnnouncerError(f"thread '{self._thread.name}' did not stop in {STOP_S:.0f} s")

    def hear(self, board: Board, clock: datetime | None) -> None:
        """Have spoken what is new on the board, now that it can be seen.

        Args:
            board: What is shown.
            clock: What time it is at the site; None: it is not known.
        """
        if clock is not None and clock.date() != board.day:
            return
        now_s = self._monotonic()
        self._inbox.put(lambda: self._heard(board, clock, now_s))

    def remember(self, ticket: str, clock: datetime | None) -> None:
        """Have a number spoken that is not on paper, now that it can be seen."""
        now_s = self._monotonic()
        self._inbox.put(lambda: self._told(ticket, clock, now_s))

    def _heard(self, board: Board, clock: datetime | None, now_s: float) -> None:
        self._clock = clock.time() if clock else None
        self._turns.hear(board, now_s)

    def _told(self, ticket: str, clock: datetime | None, now_s: float) -> None:
        self._clock = clock.time() if clock else None
        self._turns.remember(ticket, now_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._take_in()
            announcement = self._turns.next()
            if announcement is None:
                continue
            if self._deaf and self._is_old(announcement.call):
                # It waited for a device that does not work. The board has shown it all the time.
                self._turns.drop(announcement.call)
            else:
                self._speak(announcement)

    def _take_in(self) -> None:
        """Take in what came; wait for it where there is nothing to be said."""
        wait = self._turns.idle
        while True:
            try:
                news = self._inbox.get(block=wait)
            except queue.Empty:
                return
            if news is None:
                return
            news()
            wait = False

    def _speak(self, announcement: Announcement) -> None:
        volume = self._volume(self._clock)
        if volume <= 0:
            return
        try:
            samples, missing = self._voice.compose(announcement)
            if samples:
                self._speaker.play(samples, volume)
        except SoundError as error:
            if self._stop.is_set():
                return
            self._deaf = True
            self._note(str(error))
            self._turns.again(announcement)
            self._stop.wait(TRY_AGAIN_S)
        else:
            self._deaf = False
            self._note(missing)

    def _is_old(self, call: Call) -> bool:
        return self._monotonic() - call.at_s >= YOUNG_S

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble
