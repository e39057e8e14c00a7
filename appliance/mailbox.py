"""Waiting for the next message, in a process that is ended by a signal."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import queue

T = TypeVar("T")

ENDING: Final = (signal.SIGINT, signal.SIGTERM)


def take(inbox: queue.SimpleQueue[T], within_s: float) -> T:
    """Give what comes next; as `inbox.get(timeout=within_s)`, which cannot be trusted with it.

    Up to Python 3.12 that waits for ever if a signal came and its handler was still busy when the
    time was over: what is left to wait is below zero then, and taken for no limit
    (`_queue_SimpleQueue_get_impl`). So the signals that end us come before or after; a process
    looks whether it is to end as often as it waits.

    Raises:
        queue.Empty: Nothing came in time.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        return inbox.get(timeout=within_s)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
