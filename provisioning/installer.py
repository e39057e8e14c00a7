"""Makes `lobby-release` of its package: one file, a zip archive that Python runs (zipapp).

One file is replaced from one moment to the next, and cannot be half there. The same sources give
the same bytes, so that provisioning sees whether a Pi has them already.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent / "on_pi" / "lobby_release"
FIRST_LINE: Final = b"#!/usr/bin/python3 -I\n"
MAIN: Final = """\
import os
import sys

from lobby_release.command import main

# Whatever who starts it has: all may read a release, and run it.
os.umask(0o022)
sys.exit(main())
"""
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


def installer() -> bytes:
    """Give the program, as it lies on a Pi."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(PACKAGE.glob("*.py")):
            _add(file, f"{PACKAGE.name}/{path.name}", path.read_text("utf-8"))
        _add(file, "__main__.py", MAIN)
    return FIRST_LINE + archive.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    # Not compressed: `less` shows it on the Pi.
    archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text)
