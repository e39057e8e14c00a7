"""What time it is for the desk.

A Pi has no clock that survives a power cut: it boots believing it is yesterday, and learns the time
when a network answers, after a minute or after a day. So the desk lives by a time of its own: it
begins with what the clock says, but not before the last journaled event, and goes on by the time
since the boot, which no one sets. When the clock becomes synchronised, or is found to have stepped,
that is told as a step, once; see `appliance.line.days` for what becomes of it.
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from appliance.line.model import Boot

TIMESYNC = Path("/run/systemd/timesync")
"""Holds the file `synchronized` as soon as the time is known: systemd-timesyncd.service(8), or
systemd-time-wait-sync.service(8) for other NTP clients."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TIMEX_BYTES = 512
"""More than any kernel's `struct timex`."""
TIME_ERROR = 5
"""ntp_adjtime(3): the clock is not synchronised. Below 0: nobody may ask."""

ASK_EVERY_S = 0.5
"""Asked in every round, it would cost as much as a tenth of a call."""

STEP = timedelta(seconds=5)
"""A synchronised clock is followed in smaller steps than this without a word."""


class Clock(Protocol):
    """A wall clock, and the time since the machine was started."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC; it may step."""

    def uptime(self) -> timedelta:
        """Give how long ago the machine was started; it never steps."""

    def synchronised(self) -> bool:
        """Tell whether the wall clock can be believed."""

    @property
    def boot(self) -> str:
        """Different after each start of the machine."""

    @property
    def speed(self) -> float:
        """How many seconds pass on it in a real one."""


class SystemClock:
    """The clock of this machine."""

    speed = 1.0

    def __init__(self) -> None:
        self._known = False
        self._asked_s = float("-inf")

    @property
    def boot(self) -> str:
        """The kernel's random id of this boot: random(4)."""
        return BOOT_ID.read_text("ascii").strip()

    def now(self) -> datetime:
        """Give the system's time."""
        return datetime.now(UTC)

    def uptime(self) -> timedelta:
        """Give CLOCK_BOOTTIME: like the monotonic clock, and it counts in suspension too."""
        return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))

    def synchronised(self) -> bool:
        """Tell whether the time was known at any moment since this object was made.

        The kernel forgets it some nine hours after the last answer from the network. A quartz is
        wrong by a second then: that is no reason to let certificates through unlooked at.
        """
        now_s = time.monotonic()
        if not self._known and now_s - self._asked_s >= ASK_EVERY_S:
            self._asked_s, self._known = now_s, _is_known()
        return self._known


def _is_known() -> bool:
    """Ask systemd, and where it does not look after the time, the kernel.

    A unit that forbids the kernel's call (`ProtectClock=`) leaves only systemd's word: then chrony
    or ntpd may have set the clock, and nobody here knows it.
    """
    if TIMESYNC.is_dir():
        return (TIMESYNC / "synchronized").exists()
    # Only read: `modes` is zero.
    state: int = ctypes.CDLL(None).ntp_adjtime(ctypes.create_string_buffer(TIMEX_BYTES))
    return 0 <= state < TIME_ERROR


class SimulatedClock:
    """A clock for demos and tests: a morning in minutes, the same in every process.

    Args:
        start: What it shows at `origin_s`.
        origin_s: Real time, in seconds since the epoch.
        speed: How many seconds pass on it in a real one.
    """

    def __init__(self, start: datetime, origin_s: float, speed: float) -> None:
        self._start = start.astimezone(UTC)
        self._origin_s = origin_s
        self.speed = speed

    @property
    def boot(self) -> str:
        """It is started once."""
        return f"played {self._origin_s}"

    def now(self) -> datetime:
        """Give the played time."""
        return self._start + self.uptime()

    def uptime(self) -> timedelta:
        """Give how long it is being played."""
        return timedelta(seconds=(time.time() - self._origin_s) * self.speed)

    def synchronised(self) -> bool:
        """It is always right."""
        return True


class MistakenClock:
    """A machine that was started without network, played: it believes what it saw last.

    Args:
        right: The time as it is.
        believed: What the machine believes at the beginning of the play.
        known_by: The right time is known as soon as this file is there.
    """

    def __init__(self, right: SimulatedClock, believed: datetime, known_by: Path) -> None:
        self._right = right
        self._believed = believed.astimezone(UTC)
        self._known_by = known_by

    @property
    def speed(self) -> float:
        """That of the right one."""
        return self._right.speed

    @property
    def boot(self) -> str:
        """It is started once."""
        return self._right.boot

    def now(self) -> datetime:
        """Give the right time once it is known."""
        return self._right.now() if self.synchronised() else self._believed + self.uptime()

    def uptime(self) -> timedelta:
        """Give how long it is being played."""
        return self._right.uptime()

    def synchronised(self) -> bool:
        """Tell whether the file is there."""
        return self._known_by.exists()


class DeskTime:
    """The time that the line lives by.

    Args:
        clock: The wall clock.
        boot: The boot that the line knows of; None: none yet.
        sure: Whether it was known what time it is, when the journal was last written.
        last: Time of the last journaled event, or None.
    """

    def __init__(
        self, clock: Clock, boot: Boot | None = None, *, sure: bool, last: datetime | None
    ) -> None:
        self._clock = clock
        self.new_boot = boot is None or boot.id != clock.boot
        if boot is not None and not self.new_boot:
            # The same boot: time goes on as it did, whatever the wall clock has done meanwhile.
            self.sure = sure
            self._at_boot = boot.at - boot.uptime
            self._floor = None
        else:
            known = clock.synchronised()
            # Times of before that nobody was sure of are still to be moved, with those to come.
            carried = last is not None and not sure
            self.sure = known and not carried
            self._floor = None if carried else last
            believed = clock.now()
            if last is not None:
                believed = last if carried and known else max(believed, last)
            self._at_boot = believed - clock.uptime()
        self._last = last

    @property
    def boot(self) -> str:
        """Different after each start of the machine."""
        return self._clock.boot

    @property
    def uptime(self) -> timedelta:
        """How long ago the machine was started."""
        return self._clock.uptime()

    def now(self) -> datetime:
        """Give a time that is not before any time that it gave before, but for a `step`."""
        self._follow()
        now = self._at_boot + self._clock.uptime()
        if self._last is None or now > self._last:
            self._last = now
        return self._last

    def step_due(self) -> timedelta | None:
        """Give by how much this time is wrong, once that is known; zero: it was right.

        None: it is right as far as anybody knows.
        """
        if not self.sure and not self._clock.synchronised():
            return None
        off = self._off()
        return None if self.sure and abs(off) < STEP else off

    def step(self, shift: timedelta) -> datetime:
        """Move by `shift`, and give the time as it is now: it is known from here on."""
        self._at_boot += shift
        self._last = self._floor
        self.sure = True
        return self.now()

    def held_by(self) -> timedelta:
        """Give how far the wall clock is behind a time that was journaled before this boot."""
        if self._floor is None or not self.sure:
            return timedelta()
        return max(self._floor - self._clock.now(), timedelta())

    def _off(self) -> timedelta:
        return self._clock.now() - (self._at_boot + self._clock.uptime())

    def _follow(self) -> None:
        """Go with a clock that is being corrected by milliseconds."""
        if self.sure and abs(off := self._off()) < STEP:
            self._at_boot += off
