"""The slip printer: what the desk asks of it, and what it answers.

The difficulty is not printing but knowing whether anything came out. A printer without paper, with
its cover open or stalled takes bytes as gladly as a good one, so the contract has a status, and an
error that tells what became of the slip: not printed, or nobody can say.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from appliance import paper


class PrinterStatus(Enum):
    """What a printer says of itself, or what its silence means."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    OVERHEATED = "overheated"
    GONE = "gone"
    UNKNOWN = "unknown"

    @property
    def prints(self) -> bool:
        """Whether a slip sent now can be expected to come out."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_LOW)


_WHAT_TO_DO = {
    PrinterStatus.READY: "The printer works.",
    PrinterStatus.PAPER_LOW: "The paper is nearly at its end: have a new roll at hand.",
    PrinterStatus.PAPER_OUT: "The printer is out of paper: load a new roll and close the cover.",
    PrinterStatus.COVER_OPEN: "The printer's cover is open: close it until it clicks.",
    PrinterStatus.CUTTER_ERROR: "The printer's cutter is stuck: open the cover, take the paper out"
    " and switch the printer off and on.",
    PrinterStatus.OVERHEATED: "The printer's head is too hot: it goes on by itself when it has"
    " cooled down.",
    PrinterStatus.GONE: "The printer cannot be reached: check its power and its cable.",
    PrinterStatus.UNKNOWN: "The printer does not answer as it should: switch it off and on.",
}


class PrinterError(OSError):
    """A slip did not come out, or nobody can say whether it did.

    Args:
        status: What the printer said, or what its silence means.
        printed: False: nothing of the slip was sent. None: unknown; the printer may have printed
            part of it, may hold it until there is paper, or may have finished it: what is printed
            again is marked as a copy.
        detail: What was seen, for the log.
    """

    def __init__(self, status: PrinterStatus, *, printed: bool | None, detail: str = "") -> None:
        super().__init__(f"{_WHAT_TO_DO[status]} ({detail})" if detail else _WHAT_TO_DO[status])
        self.status = status
        self.printed = printed
        self.detail = detail


class Printer(Protocol):
    """A printer for slips. One thread uses it at a time."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is.

        Blocks at most for the time that the driver was built with. Never raises: a printer that
        cannot be reached is `GONE`, one that does not answer or answers nonsense is `UNKNOWN`.
        """

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        """Print a slip, and return when it is out as far as the printer can tell.

        Blocks at most for the time that the driver was built with, and for as long as a slow
        printer and a slow cable may take for a slip of this length. Nothing is repeated here:
        whoever keeps the print journal knows whether a second slip is a copy.

        Returns:
            How the printer is after it: it prints, but the roll may have become thin.

        Raises:
            PrinterError: It is not out, or nobody can say; `printed` tells which.
        """
