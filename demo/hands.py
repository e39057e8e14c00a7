"""What a person at the window does to the lobby: as visitor, as clerk at counter 1, as bad luck.

Each deed goes the way that it goes in a hall: a finger on a button, a code before the camera, a
command over the bus, a hand in the printer, a signal to a process.
"""

from __future__ import annotations

import queue
import threading
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from appliance.bus.asking import UnknownOutcomeError
from appliance.bus.messages.asked import Command
from appliance.drivers.buttons import HELP
from demo.stage import CENTRE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from appliance.bus.asking import Asker
    from appliance.strings import Texts
    from demo.stage import Stage

OWN_COUNTER: Final = "1"
"""Served by whoever sits at the window, and by nobody else."""
FOREIGN: Final = "HTTPS://EXAMPLE.ORG/"
"""What most codes in people's hands are: an address."""
SLOTS: Final = timedelta(minutes=10)
STOP_S: Final = 15.0


class Deed(Enum):
    """What can be done; the value is the name of its key, as SDL calls it."""

    FIRST = "1"
    SECOND = "2"
    THIRD = "3"
    HELP = "h"
    SCAN = "s"
    AGAIN = "r"
    FOREIGN = "x"
    CALL = "c"
    RECALL = "a"
    NO_SHOW = "n"
    FINISH = "f"
    PAPER = "p"
    COVER = "o"
    CAMERA = "v"
    NETWORK = "w"
    DESK = "d"
    SCANNER = "i"
    BOARD = "b"
    BUS = "m"
    ALONE = "l"
    QUIT = "q"


class _Trouble(NamedTuple):
    """Something that stays wrong until somebody mends it."""

    there: Callable[[], bool]
    begin: Callable[[], None]
    mend: Callable[[], None]


class Hands:
    """Carries deeds out. As a context manager it opens counter 1, and leaves no thread behind.

    Args:
        stage: The lobby.
        texts: In which language it is told.
        tell: Takes what a person would notice themselves; from any thread.
    """

    def __init__(self, stage: Stage, texts: Texts, tell: Callable[[str], None]) -> None:
        self._stage = stage
        self._texts = texts
        self._tell = tell
        self._asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._sit, name="own-counter", daemon=True)
        self._code: str | None = None
        self._booked = 0
        self._alone = threading.Event()
        supervisor, printer = stage.supervisor, stage.printer
        self._troubles: Mapping[Deed, _Trouble] = {
            Deed.PAPER: _Trouble(
                lambda: printer.paper.out, printer.paper.run_out, printer.paper.load
            ),
            Deed.COVER: _Trouble(
                lambda: printer.cover.is_open, printer.cover.open, printer.cover.close
            ),
            Deed.CAMERA: _Trouble(
                lambda: not stage.sees, stage.unplug_camera, stage.plug_in_camera
            ),
            Deed.NETWORK: _Trouble(
                partial(supervisor.holds, CENTRE),
                partial(supervisor.hold, CENTRE),
                partial(supervisor.let_go, CENTRE),
            ),
            Deed.ALONE: _Trouble(self._alone.is_set, self._alone.set, self._alone.clear),
        }
        self._others: Mapping[Deed, Callable[[], None]] = {
            Deed.FIRST: partial(self._take, 0),
            Deed.SECOND: partial(self._take, 1),
            Deed.THIRD: partial(self._take, 2),
            Deed.HELP: partial(self._press, HELP),
            Deed.SCAN: self._scan,
            Deed.AGAIN: self._scan_again,
            Deed.FOREIGN: partial(self._show, FOREIGN),
            Deed.CALL: partial(self._asked.put, "next"),
            Deed.RECALL: partial(self._asked.put, "recall"),
            Deed.NO_SHOW: partial(self._asked.put, "no_show"),
            Deed.FINISH: partial(self._asked.put, "finish"),
            Deed.DESK: partial(self._kill, "desk"),
            Deed.SCANNER: partial(self._kill, "scanner"),
            Deed.BOARD: partial(self._kill, "board"),
            Deed.BUS: partial(self._kill, "mosquitto"),
        }
        self.left = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._asked.put(None)
        self._thread.join(STOP_S)

    @property
    def alone(self) -> bool:
        """Whether nobody else plays."""
        return self._alone.is_set()

    @property
    def lasting(self) -> frozenset[Deed]:
        """The deeds that are in force: the same key takes them back."""
        return frozenset(deed for deed, trouble in self._troubles.items() if trouble.there())

    def do(self, deed: Deed) -> None:
        """Do it; returns at once."""
        if deed is Deed.QUIT:
            self.left = True
        elif deed in self._troubles:
            trouble = self._troubles[deed]
            (trouble.mend if trouble.there() else trouble.begin)()
        else:
            self._others[deed]()

    def _take(self, number: int) -> None:
        self._press(self._stage.settings.services[number].code)

    def _press(self, button: str) -> None:
        if not self._stage.press(button):
            self._tell(self._texts("demo.hand_dead_button"))

    def _scan(self) -> None:
        """Hold up the code of an appointment that is next, for each service in turn."""
        services = self._stage.settings.services
        service = services[self._booked % len(services)].code
        self._booked += 1
        now = self._stage.clock.now()
        past = (now - datetime.fromtimestamp(0, UTC)) % SLOTS
        self._code = self._stage.book(now + (SLOTS - past), service)
        self._show(self._code)

    def _scan_again(self) -> None:
        if self._code is None:
            self._tell(self._texts("demo.hand_no_code"))
        else:
            self._show(self._code)

    def _show(self, code: str) -> None:
        if not self._stage.hold_up(code):
            self._tell(self._texts("demo.hand_no_camera"))

    def _kill(self, process: str) -> None:
        if process == "scanner":
            self._stage.take_away()
        self._stage.supervisor.kill(process)

    def _sit(self) -> None:
        """Sit at the counter: one command at a time, as the bus wants it."""
        with self._stage.counter(OWN_COUNTER) as asker:
            self._ask(asker, "open_counter")
            while (verb := self._asked.get()) is not None:
                self._ask(asker, verb)

    def _ask(self, asker: Asker, verb: str) -> None:
        try:
            reply = asker.ask(verb, Command(force=verb == "no_show"))
        except UnknownOutcomeError as error:
            self._tell(str(error))
            return
        if not reply.ok:
            self._tell(reply.sentence or reply.reason or "")
        elif verb == "next" and reply.ticket is None:
            self._tell(self._texts("demo.hand_nobody_waits"))
