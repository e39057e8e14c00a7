"""The forecast beside the desk's loop: a child process is asked, and its last word is used.

Playing the line forward 500 times takes tens of milliseconds, and numpy takes memory: neither
belongs into the loop. The child reads the journal for itself. When it hangs or dies it is ended and
started again; meanwhile the desk has its last answer, and how old that is.
"""

from __future__ import annotations

import contextlib
import logging
import select
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

DEADLINE_S = 20.0
"""The first answer includes starting, and reading the days that the journal keeps. Where it does
not come, the next child has twice as long: on a slow machine none would ever come that is ended
each time before it has answered."""
AGAIN_S = 5.0
LONGEST_S = 320.0
"""Of deadline and pause."""
STOP_S = 5.0
LINE_BYTES = 256 * 1024
"""An answer is a few hundred bytes; once a day it brings what was learned, some ten thousand."""

Minutes = Annotated[int, msgspec.Meta(ge=0)]
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Asked(msgspec.Struct, frozen=True):
    """What the child is asked.

    Args:
        now: Desk time.
    """

    now: datetime


class Promised(msgspec.Struct, frozen=True):
    """How the promise will be kept for one service in the next hour.

    Args:
        appointments: How many are expected to come in time.
        kept: The share of these that will be called within five minutes.
        mended_by: Where that is too few: the counter whose opening would help most.
        kept_then: The share if that counter opened now.
    """

    appointments: float
    kept: Part
    mended_by: str | None = None
    kept_then: Part | None = None


class Scored(msgspec.Struct, frozen=True):
    """How good the forecasts of the last two weeks were.

    Args:
        forecasts: How many were met.
        days: On how many days.
        error_min: Mean absolute error of the middle, in minutes.
        bias_min: Its mean error; above zero: it said too much.
        below_p90: Share of waits not longer than the upper end; should be 0.9.
        inside: Share of waits within the 90 % interval; should be 0.9.
    """

    forecasts: int
    days: int
    error_min: float
    bias_min: float
    below_p90: Part
    inside: Part


class Learned(msgspec.Struct, frozen=True):
    """What was learned until a day turned, for the journal to keep.

    Args:
        day: The day that began.
        epoch: Position of its `DayTurned`, the last event that had been heard.
        seq: The same.
        data: Opaque.
    """

    day: date
    epoch: int
    seq: int
    data: bytes


class Told(msgspec.Struct, frozen=True):
    """What the child answers.

    Args:
        at: Desk time of the question.
        ranges: Service → lower and upper end of the wait in whole minutes, for those that have a
            forecast.
        expected_min: Service → the middle of the wait in whole minutes, never told to visitors: it
            decides on the last number before closing time.
        promise: Service → how the promise will be kept, for those with appointments in the next
            hour; it may be a minute old.
        score: How good the forecasts were; None: none was met yet.
        learned: Once after each turn of the day.
        tickets: Number → what is told of its wait, as in `ranges`, for those who wait with a slip
            that lets them follow.
    """

    at: datetime
    ranges: Mapping[str, tuple[Minutes, Minutes]]
    expected_min: Mapping[str, Minutes] = {}
    promise: Mapping[str, Promised] = {}
    score: Scored | None = None
    learned: Learned | None = None
    tickets: Mapping[str, tuple[Minutes, Minutes]] = {}


@dataclass(frozen=True, slots=True)
class Forecasts:
    """The last word of the child, for the desk's inbox."""

    told: Told


class Forecasting:
    """Asks the child, one question at a time, from a thread of its own.

    Args:
        command: Starts the child.
        report: Called from the thread with each answer.
        pause_s: Between two questions at least.
    """

    def __init__(
        self, command: Sequence[str], report: Callable[[Forecasts], None], pause_s: float
    ) -> None:
        self._command = tuple(command)
        self._report = report
        self._pause_s = pause_s
        self._wanted: datetime | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forecasting", daemon=True)

    def start(self) -> None:
        """Begin; the child is started with the first question."""
        self._thread.start()

    def stop(self) -> None:
        """End the child and the thread."""
        self._stop.set()
        self._wake.set()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            log.error("thread '%s' did not stop within %.0f s", self._thread.name, STOP_S)

    def ask(self, now: datetime) -> None:
        """Want a forecast for `now`; returns at once. A later question replaces an earlier one."""
        self._wanted = now
        self._wake.set()

    def _run(self) -> None:
        child: subprocess.Popen[bytes] | None = None
        times = 1.0
        while self._wait_for_question():
            now, self._wanted = self._wanted, None
            if now is None:
                continue
            child = child or self._start_child()
            answer = self._exchange(child, now, DEADLINE_S * times) if child else None
            if answer is not None:
                self._report(Forecasts(answer))
                times, pause_s = 1.0, self._pause_s
            else:
                if child is not None:
                    log.warning("the forecast does not come; its process is started again")
                    _end(child)
                    child = None
                pause_s = AGAIN_S * times
                times = min(2 * times, LONGEST_S / DEADLINE_S)
            self._stop.wait(pause_s)
        if child is not None:
            _end(child)

    def _wait_for_question(self) -> bool:
        self._wake.wait()
        self._wake.clear()
        return not self._stop.is_set()

    def _start_child(self) -> subprocess.Popen[bytes] | None:
        """Start it; None: it cannot be, such as where memory is short."""
        try:
            return subprocess.Popen(  # noqa: S603  (our own program)
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError as error:
            log.warning("the forecast's process cannot be started: %s", error)
            return None

    def _exchange(
        self, child: subprocess.Popen[bytes], now: datetime, within_s: float
    ) -> Told | None:
        """Ask and wait; None: no answer in time, or none that can be read."""
        if child.stdin is None or child.stdout is None:
            return None
        said = b""
        until_s = time.monotonic() + within_s
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            child.stdin.write(msgspec.json.encode(Asked(now)) + b"\n")
            while time.monotonic() < until_s and not self._stop.is_set():
                readable, _, _ = select.select([child.stdout], [], [], 0.2)
                if not readable:
                    continue
                piece = child.stdout.read(LINE_BYTES)
                said += piece
                if not piece or len(said) > LINE_BYTES:
                    return None
                if said.endswith(b"\n"):
                    return msgspec.json.decode(said, type=Told)
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()
