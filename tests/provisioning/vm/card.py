"""A memory card that forgets: what its machine did not have flushed is gone when the power is cut.

Killing qemu alone loses what was still in the machine's memory. What had been handed to the disk
would all survive, as it is in the memory of the computer on which qemu runs: like a card that never
loses a write, and no such card exists. So the disk is nbdkit with its cache filter: writes stay in
the cache, which dies with the process, until the machine says flush; then all of them are on the
card (nbdkit-cache-filter(1), "writeback").

What is not played: a card that says "flushed" and lies, one that damages blocks that were not even
being written. Against those only another card helps.
"""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING, Final

from tests.provisioning.reached import until

if TYPE_CHECKING:
    from pathlib import Path

_UP_S: Final = 20.0
_END_S: Final = 20.0
# A page of the file system; by default whole 64 KiB would be flushed for one of them.
_BLOCK: Final = "cache-min-block-size=4K"


class Card:
    """A disk for one machine.

    Args:
        disk: What is on it.
        socket: Where the machine finds it (NBD).
    """

    def __init__(self, disk: Path, socket: Path) -> None:
        self.disk = disk
        self.socket = socket
        self._child: subprocess.Popen[bytes] | None = None

    def insert(self) -> None:
        """Have it ready for a machine."""
        self.socket.unlink(missing_ok=True)
        self._child = subprocess.Popen(
            [
                *("nbdkit", "--foreground", "--exit-with-parent", "--unix", str(self.socket)),
                *("--filter=cache", "file", str(self.disk), "cache=writeback", _BLOCK),
            ],
            stdin=subprocess.DEVNULL,
        )
        until(self.socket.exists, time.monotonic() + _UP_S, "a card")

    def forget(self) -> None:
        """Lose whatever was not flushed; twice is fine."""
        if self._child is not None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait(_END_S)
            self._child = None
