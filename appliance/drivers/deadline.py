"""A decoder that hangs ends its process, and leaves no picture of it behind.

Hostile pictures have brought zbar into endless loops and to abort. Nothing inside a process gets a
loop in C back, least of all one that holds the interpreter's lock, so the kernel is asked: a timer
whose signal nobody handles ends the process wherever it is (setitimer(2), signal(7)). The service
manager starts it again. Its watchdog would see a hang, too, but only after 15 s.
"""

from __future__ import annotations

import resource
import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma
    from appliance.drivers.decode import Decoder, Seen

DEADLINE_S: Final = 1.0
"""For a picture of up to a megapixel, in proportion for larger ones. The slowest made frame takes
0.05 s on a PC, so a Pi has a lot in hand."""

MEGAPIXEL: Final = 1_000_000


class Deadline:
    """A decoder that is given up, with the whole process, when it takes too long.

    Nobody else in the process may use `signal.ITIMER_REAL` or handle `SIGALRM`.

    Args:
        decoder: Does the work.
        deadline_s: For each megapixel, and for smaller pictures.
    """

    def __init__(self, decoder: Decoder, deadline_s: float = DEADLINE_S) -> None:
        self._decoder = decoder
        self._deadline_s = deadline_s

    def look(self, luma: Luma) -> Seen:
        """Give what the codes in the frame say, or end the process by `SIGALRM`."""
        signal.setitimer(signal.ITIMER_REAL, self._deadline_s * max(1.0, luma.size / MEGAPIXEL))
        try:
            return self._decoder.look(luma)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def leave_no_core() -> None:
    """Keep the kernel from writing this process down when it crashes: its memory holds pictures.

    systemd-coredump keeps to the limit, too.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
