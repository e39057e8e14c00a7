"""Which numbers of today may be out, where the journal does not know: nobody gets one twice.

First the mark beside the journal is asked, then the board that the bus has kept. A Pi that has
neither may be a new one, or one whose card was exchanged at noon; it begins high up.
"""

from __future__ import annotations

import contextlib
import queue
import time
from typing import TYPE_CHECKING

from appliance.bus.link import Received
from appliance.bus.messages import shown
from appliance.bus.messages.payload import MessageError, decode
from appliance.mailbox import take

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from appliance.desk.surroundings import Incoming
    from appliance.journal.keeping import Found
    from appliance.line.line import Line

BOARD_S = 2.0
"""The bus is on the same machine: what it has kept is here at once."""

UNKNOWN_LAST = 500
"""No letter of any lobby has come to more by the time that a card is exchanged."""


def numbers_given(found: Found, line: Line) -> Mapping[str, int] | None:
    """Give what the mark says: letter → the highest number that may be out; None: it is not known.

    Args:
        found: What the journal found at the start.
        line: On its day.
    """
    if found.numbers is None or found.marked_day is None:
        return found.numbers
    of_before = line.day is not None and found.marked_day < line.day
    return {} if of_before and line.clock_sure else found.numbers


def ask_board(
    inbox: queue.SimpleQueue[Incoming],
    topic: str,
    line: Line,
    stop: threading.Event,
    beat: Callable[[], None],
) -> tuple[Mapping[str, int], list[Incoming]]:
    """Wait a moment for the board that the bus has kept.

    Args:
        inbox: Where it comes in.
        topic: The board's.
        line: On its day.
        stop: Ends the waiting.
        beat: Called meanwhile.

    Returns:
        Letter → the highest number that may be out, and what else came in.
    """
    meanwhile: list[Incoming] = []
    until_s = time.monotonic() + BOARD_S
    while time.monotonic() < until_s and not stop.is_set():
        beat()
        with contextlib.suppress(queue.Empty):
            item = take(inbox, 0.1)
            if not (isinstance(item, Received) and item.topic == topic):
                meanwhile.append(item)
                continue
            with contextlib.suppress(MessageError):
                board = decode(item.payload, shown.Board)
                if item.retained and board.day == line.day:
                    return board.numbers, meanwhile
    letters = {service.letter for service in line.services.values()}
    return dict.fromkeys(letters, UNKNOWN_LAST), meanwhile
