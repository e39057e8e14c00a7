"""Printing beside the desk's loop: slips in order, one at a time; nothing waits for a printer.

A slip whose fate is unknown is printed again, marked as a copy; but not for ever: a printer that
prints and then always fails would give its person one copy after another. One that could not be
printed while its person may still stand there is given up and told to staff: the number is on the
screen.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance import paper
from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from appliance.drivers.printer import Printer

log = logging.getLogger(__name__)

YOUNG_S = 120.0
STOP_S = 8.0
"""Longer than the longest deadline of a printer driver."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a slip is of use, and how often the printer is asked.

    Args:
        young_s: A slip is printed so long after its person began to wait for it.
        sent: So often a slip is sent whose end is not known.
        ask_every_s: The printer is asked how it is so often, while there is nothing to print.
        ask_again_s: The same, while a slip waits for it.
    """

    young_s: float = YOUNG_S
    sent: int = 3
    ask_every_s: float = 30.0
    ask_again_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to print.

    Args:
        slip_id: Its id in the print journal; None: it stands in none. Such a slip has no number
            and is printed once, while its person may still stand there.
        ticket: The number on it; else a word for the log.
        set_slip: Sets it; given True, as a copy.
        since_s: Monotonic time at which its person began to wait for it.
        maybe_printed: It may be out already: print it as a copy.
        after_piece: A desk that died may have left a piece of a slip in the printer: cut it off
            first, or this slip carries somebody else's number too.
        ended: For what stands in no journal: called in the printing thread with what became of it,
            whether it is printed; None: nobody knows. Not called if the desk stops before.
    """

    slip_id: int | None
    ticket: str
    set_slip: Callable[[bool], paper.Slip]
    since_s: float
    maybe_printed: bool = False
    after_piece: bool = False
    ended: Callable[[bool | None], None] | None = None


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """A slip is out."""

    slip_id: int


@dataclass(frozen=True, slots=True)
class SlipGivenUp:
    """A slip was not printed while it was of use."""

    slip_id: int
    ticket: str


@dataclass(frozen=True, slots=True)
class PrinterIs:
    """The printer is in another state than before."""

    status: PrinterStatus
    sentence: str = ""


Report = SlipPrinted | SlipGivenUp | PrinterIs


class Printing:
    """The thread that prints.

    Args:
        printer: The printer; None where there is none: then every slip is given up at once.
        report: Called from the thread with what became of each slip, and of the printer.
        patience: How long and how often.
        clock: Monotonic time, in seconds.
        prepare: Called in the thread before anything else: what takes long at the first slip, and
            must not keep its person waiting.
    """

    def __init__(
        self,
        printer: Printer | None,
        report: Callable[[Report], None],
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self._printer = printer
        self._report = report
        self._patience = patience
        self._clock = clock
        self._prepare = prepare
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._status: PrinterStatus | None = None
        self._piece_inside = False
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> None:
        """Begin to print."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the slip that is being printed; the others stay owed in the journal."""
        self._stop.set()
        self._jobs.put(None)
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            log.error("thread '%s' did not stop within %.0f s", self._thread.name, STOP_S)

    def put(self, job: Job) -> None:
        """Have a slip printed; returns at once."""
        self._jobs.put(job)

    def _run(self) -> None:
        if self._printer is not None:
            self._look(self._printer)
            self._prepare_safely()
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=self._patience.ask_every_s)
            except queue.Empty:
                if self._printer is not None:
                    self._look(self._printer)
                continue
            if job is not None:
                self._print_safely(job)

    def _prepare_safely(self) -> None:
        """Load what the first slip would have to; what is wrong is told with that slip."""
        try:
            self._prepare()
        except Exception as error:  # noqa: BLE001  (without this thread nobody gets a slip)
            log.warning("slips cannot be set: %s", error)

    def _print_safely(self, job: Job) -> None:
        """Print one slip; a mistake of ours costs that slip, and not all that come after it."""
        try:
            self._print(job)
        except LobbyError as error:
            # The printer is not what the configuration says; whoever reads it can mend that.
            self._tell(PrinterStatus.UNKNOWN, str(error))
            log.error("the slip of %s cannot be set: %s", job.ticket, error)  # noqa: TRY400  (one line)
            self._end(job, printed=False)
        except Exception as error:  # noqa: BLE001  (without this thread nobody gets a slip any more)
            log.error("the slip of %s cannot be set: %r", job.ticket, error)  # noqa: TRY400  (one line)
            self._end(job, printed=False)

    def _print(self, job: Job) -> None:
        """Print one slip, or wait for the printer to come back as long as the slip is young."""
        maybe_printed = job.maybe_printed
        self._piece_inside = self._piece_inside or job.after_piece
        left = self._patience.sent
        while self._printer is not None and left and self._is_young(job):
            try:
                slip = job.set_slip(maybe_printed)
                status = self._printer.print_slip(
                    (paper.Cut(), *slip) if self._piece_inside else slip
                )
            except PrinterError as error:
                log.warning("the slip of %s: %s", job.ticket, error)
                if error.printed is None:
                    maybe_printed = True
                    left -= 1
                if maybe_printed and job.slip_id is None:
                    self._tell(error.status, str(error))
                    self._end(job, printed=None)
                    return
                if error.status is not PrinterStatus.UNKNOWN:
                    self._tell(error.status, str(error))
            else:
                self._piece_inside = False
                self._end(job, printed=True)
                self._tell(status)
                return
            if not self._wait_until_it_prints(job, self._printer):
                return
        self._end(job, printed=False)

    def _wait_until_it_prints(self, job: Job, printer: Printer) -> bool:
        """Wait for the printer as long as the slip is young; False: it is time to stop.

        It is left alone for a moment first: some take no second connection so soon.
        """
        while not self._stop.wait(self._patience.ask_again_s):
            if self._look(printer).prints or not self._is_young(job):
                return True
        return False

    def _is_young(self, job: Job) -> bool:
        return self._clock() - job.since_s < self._patience.young_s

    def _end(self, job: Job, *, printed: bool | None) -> None:
        """Tell what became of a slip; None: nobody knows."""
        if job.ended is not None:
            job.ended(printed)
        if job.slip_id is not None:
            self._report(
                SlipPrinted(job.slip_id) if printed else SlipGivenUp(job.slip_id, job.ticket)
            )

    def _look(self, printer: Printer) -> PrinterStatus:
        status = printer.status()
        self._tell(status)
        return status

    def _tell(self, status: PrinterStatus, sentence: str = "") -> None:
        if status is not self._status:
            self._status = status
            self._report(PrinterIs(status, sentence))
