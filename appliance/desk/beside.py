"""The processes beside the desk: whether scanner, board and kiosk do what they should.

They say so themselves, every two seconds, over the bus (see `appliance.bus.beats`). A process that
is started again is gone for some seconds, which is nobody's business; one that starts and dies and
starts is, though it is up most of the time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from appliance.bus.beats import Beats, Life, Process
from appliance.bus.inbound import Connected, Disconnected, Received
from appliance.bus.messages.alive import Presence
from appliance.bus.messages.payload import MessageError, decode
from appliance.desk.alarms import Steady
from appliance.desk.parts import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from appliance.bus.beats import Being
    from appliance.bus.inbound import Inbound
    from appliance.bus.topics import Topics

SCANNER: Final = "scanner"
BOARD: Final = "board"
KIOSK: Final = "kiosk"
OK: Final = "ok"
NO_FRAMES: Final = "no_frames"
"""The scanner is there, and says what is wrong with its camera."""
NO_SOUND: Final = "no_sound"
NO_LIGHT: Final = "no_light"
"""The board, or a kiosk that shows it, is there, and says what is wrong with its loudspeaker."""
WRONG_AFTER_S: Final = 20.0
FINE_AFTER_S: Final = 10.0


@dataclass(slots=True)
class _Watched:
    """A process and how it has been.

    Args:
        word: What is wrong with it, as long as something is.
    """

    steady: Steady = field(
        default_factory=lambda: Steady(wrong_after_s=WRONG_AFTER_S, fine_after_s=FINE_AFTER_S)
    )
    word: str = OK


class Beside:
    """Listens to scanner, board and kiosk. All calls come from the desk's loop.

    Args:
        topics: The lobby's tree; its device is the desk's.
        expected: The processes of the desk's own device that should be there. Those of other
            devices, such as a second entrance, are looked after once they were heard.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        topics: Topics,
        expected: Iterable[str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._topics = topics
        self._monotonic = monotonic
        ours = [Process(topics.device, name) for name in expected]
        self._beats = Beats(ours, monotonic)
        self._watched = {each: _Watched() for each in ours}
        # Until the bus is there nobody can be heard.
        self._beats.deafen()

    def hear(self, item: Inbound) -> bool:
        """Take in what concerns the other processes; True: it concerns nobody else."""
        match item:
            case Connected():
                self._beats.begin_anew()
            case Disconnected():
                self._beats.deafen()
            case Received(topic=topic):
                named = self._topics.read_presence(topic)
                if named is not None:
                    self._heard(Process(*named), item)
                    return True
        return False

    def state(self, name: str) -> str | None:
        """Give a word for a process of the desk's own device; None: not expected, or not known.

        Args:
            name: `scanner`, `board` or `kiosk`.
        """
        process = Process(self._topics.device, name)
        if process not in self._watched:
            return None
        return _word(process, self._beats.look()[process])

    def wrong(self) -> Iterator[Wrong]:
        """Give what staff should know of: one of a kind, the desk's own device first."""
        now_s, beings = self._monotonic(), self._beats.look()
        ours_first = sorted(self._watched, key=lambda p: (p.device != self._topics.device, p))
        told: set[str] = set()
        for process in ours_first:
            word = self._steady_word(self._watched[process], _word(process, beings[process]), now_s)
            if word == OK or process.name in told:
                continue
            told.add(process.name)
            facts = {"device": process.device}
            if process.name == SCANNER:
                yield Wrong("camera", f"camera_{word}", facts)
            elif process.name == KIOSK:
                yield Wrong("kiosk", f"kiosk_{word}", facts)
            else:
                yield Wrong("board", f"board_{word}", facts)

    def _heard(self, process: Process, received: Received) -> None:
        if process.name not in {SCANNER, BOARD, KIOSK}:
            return
        try:
            presence = decode(received.payload, Presence)
        except MessageError:
            # It falls silent, if it goes on like that.
            return
        if process not in self._watched:
            if received.retained or presence.state != "up":
                # The last words of a device that may have been gone for weeks.
                return
            self._watched[process] = _Watched()
        self._beats.hear(process, presence, retained=received.retained)

    @staticmethod
    def _steady_word(watched: _Watched, word: str | None, now_s: float) -> str:
        """Give what is wrong with a process, the same word as long as it goes on."""
        if word not in {None, OK, watched.word} and (
            # A scanner that dies of its camera is down most of the time, but that is not why.
            watched.word == OK or word == NO_FRAMES
        ):
            watched.word = word or OK
        if watched.steady.is_wrong(now_s, seen=word not in {None, OK}):
            return watched.word
        if not watched.steady.goes_on:
            watched.word = OK
        return OK


def _word(process: Process, being: Being) -> str | None:
    """Give a word for how a process is; None: not known yet."""
    if being.life is Life.UP:
        return _troubled(process, being.detail) if being.detail else OK
    return None if being.life is None else being.life.value


def _troubled(process: Process, detail: str) -> str:
    """Give a word for what a process says of itself: its first word tells what it is about."""
    if process.name == SCANNER:
        return NO_FRAMES
    return NO_LIGHT if detail.startswith("screen:") else NO_SOUND
