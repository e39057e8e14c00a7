"""Put into a lobby's Python by a test: a process of it grows for ever once it is told to.

It is told by a file in its runtime directory, named after what it runs, `leak-desk`, and takes that
away first: the process that comes after it is well again.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

PIECE = 4 * 1024 * 1024


def grow() -> None:
    """Wait to be told, and grow."""
    words = sys.orig_argv
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None or "run" not in words[:-1]:
        return
    told = Path(folder) / f"leak-{words[words.index('run') + 1]}"
    while not told.exists():
        time.sleep(0.2)
    told.unlink()
    kept = []
    while True:
        kept.append(b"x" * PIECE)
        time.sleep(0.02)


threading.Thread(target=grow, name="leak", daemon=True).start()
