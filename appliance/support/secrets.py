"""The secrets of a device, read for one purpose: to be found and taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.config import Settings

LIMIT_BYTES: Final = 64 * 1024


def secrets_of(settings: Settings) -> Iterator[bytes]:
    """Give each secret, and each line of those that have several; what cannot be read is not given.

    Whoever may not read a secret has no log with it either, and the patterns are there for that.
    """
    uplink, kept = settings.uplink, settings.device.state_dir
    files = [uplink.key, kept / "slip.key"]
    files += [uplink.proxy_login] if uplink.proxy_login is not None else []
    files += _files_in(settings.bus.passwords)
    for file in files:
        content = _read(file)
        yield content
        yield content.strip()
        # A key has many lines, a login a name and a password.
        for piece in re.split(rb"[\r\n:]+", content):
            yield piece.strip()


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            return b""
        with file.open("rb") as opened:
            return opened.read(LIMIT_BYTES)
    except OSError:
        return b""
