"""When the screen may rest: at night, while nothing is to be seen, and only while that is sure.

A screen that is lit for nothing costs a few cents; one that is dark with people before it costs
them their turn. So it is lit whenever there is any doubt: news that are old, a time that is not
known, somebody at the entrance, a call, two minutes before the night ends (a television needs some
seconds to wake), and at the end of this process. What does not obey is asked again.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from appliance.display.board_view import Mood
from appliance.drivers.screen_power import ScreenPowerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from appliance.display.board_view import BoardView
    from appliance.drivers.screen_power import ScreenPower

log = logging.getLogger(__name__)

AFTER_S: Final = 60.0
"""So long the screen is black before it rests: a desk that starts again is no reason to flicker."""
AHEAD: Final = timedelta(minutes=2)
RETRY_S: Final = 15.0
STOP_S: Final = 20.0
"""Twice the time that switching may take."""


class Resting:
    """Lets the screen rest. As a context manager it leaves it lit.

    Args:
        power: Switches it.
        is_night: Says of a time of the site whether it is night then.
        after_s: So long the screen is black before it rests.
        retry_s: What could not be switched is asked again after so long.
        monotonic: A real clock, in seconds.
    """

    def __init__(
        self,
        power: ScreenPower,
        is_night: Callable[[datetime], bool],
        *,
        after_s: float = AFTER_S,
        retry_s: float = RETRY_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._power = power
        self._is_night = is_night
        self._after_s = after_s
        self._retry_s = retry_s
        self._monotonic = monotonic
        self._black_since_s: float | None = None
        self._wanted = True
        self._lit: bool | None = None
        self._news = threading.Event()
        self._over = threading.Event()
        self._failed = ""
        self._thread = threading.Thread(target=self._work, name="screen-power", daemon=True)

    def __enter__(self) -> Self:
        # Whoever ran before may have left it dark.
        self._news.set()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._news.set()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            log.error("the thread screen-power did not end within %.0f s", STOP_S)
        elif self._lit is not True:
            with suppress(ScreenPowerError):
                self._power.switch(on=True)

    @property
    def trouble(self) -> str:
        """Why the screen is dark and should not be, or may be; empty: it is as it should be."""
        return f"screen: {self._failed}" if self._failed and self._wanted else ""

    def look(self, view: BoardView) -> None:
        """Take what is on the screen now; to be called twice a second. Returns at once."""
        now_s = self._monotonic()
        if not self._may_rest(view):
            self._black_since_s = None
        elif self._black_since_s is None:
            self._black_since_s = now_s
        wanted = self._black_since_s is None or now_s - self._black_since_s < self._after_s
        if wanted is not self._wanted:
            self._wanted = wanted
            self._news.set()

    def _may_rest(self, view: BoardView) -> bool:
        """Say whether nobody can miss anything."""
        return (
            view.mood is Mood.DARK
            and view.notice is None
            and view.stale is None
            and view.clock is not None
            and self._is_night(view.clock + AHEAD)
        )

    def _work(self) -> None:
        while not self._over.is_set():
            self._news.wait(self._retry_s if self._failed else None)
            self._news.clear()
            wanted = self._wanted
            if wanted is self._lit or self._over.is_set():
                continue
            self._lit = None
            try:
                self._power.switch(on=wanted)
            except ScreenPowerError as error:
                if str(error) != self._failed:
                    log.warning("%s", error)
                self._failed = str(error)
            else:
                self._lit, self._failed = wanted, ""
