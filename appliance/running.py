"""Running a process until it is told to stop: signals, log, an end in order."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import FrameType


SWITCH_S = 0.0005
"""The thread of a connection, which has an answer to send, waits no longer for the loop than this;
Python's own 5 ms is longer than a whole call."""


class Process(Protocol):
    """One of the three."""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; looks at it at least once a second."""


def run(name: str, process: AbstractContextManager[Process]) -> None:
    """Run a process until SIGTERM or SIGINT, then end it in order.

    Raises:
        Exception: Whatever its parts raise; `cli` turns those that are ours into a sentence.
    """
    # systemd adds the time and the unit; a terminal gets the name.
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format=f"{name}: %(message)s", force=True
    )
    sys.setswitchinterval(SWITCH_S)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with process as running:
        logging.getLogger(__name__).info("ready, process %d", os.getpid())
        running.run(stop)
