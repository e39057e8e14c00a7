"""A release without a product in it: signed as a real one is, and as quick as a file."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING

from central.keys.key_files import read_private

if TYPE_CHECKING:
    from pathlib import Path


def forge(
    folder: Path, key: Path, wheel: bytes = b"a wheel", told: dict[str, object] | None = None
) -> Path:
    """Make a release in a folder, which is named after its version.

    Args:
        folder: It is made.
        key: Signs it.
        wheel: What is in its only wheel.
        told: What its manifest says beside, or instead.
    """
    folder.mkdir(parents=True)
    (folder / "appliance.whl").write_bytes(wheel)
    (folder / "requirements.txt").write_text("", "ascii")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    manifest: dict[str, object] = {
        "version": folder.name,
        "machine": os.uname().machine,
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "files": sums,
        "sizes": {name: (folder / name).stat().st_size for name in sums},
    }
    text = json.dumps(manifest | (told or {})).encode()
    (folder / "release.json").write_bytes(text)
    (folder / "release.sig").write_bytes(read_private(key).sign(text))
    return folder
