"""The bundle: every piece by itself, scrubbed, into one archive, whatever fails on the way."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.support.scrubbing import Scrubber

Piece = Callable[[], object]
"""Gives a text, or what can be written as JSON; may raise anything."""
MOST_BYTES: Final = 4_000_000
"""Of each piece, its end: what happened last is there."""


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle.

    Args:
        data: The archive, as bytes of a `.tar.gz`.
        names: What is in it.
        missing: What is not, and why.
    """

    data: bytes
    names: tuple[str, ...]
    missing: Mapping[str, str]


def make(pieces: Mapping[str, Piece], scrubber: Scrubber, name: str, now: datetime) -> Made:
    """Collect, scrub and pack.

    Args:
        pieces: By the names of their files.
        scrubber: Every byte but these names goes through it.
        name: Of the folder in the archive.
        now: For the archive's times.
    """
    texts: dict[str, str] = {}
    missing: dict[str, str] = {}
    for file, piece in pieces.items():
        try:
            texts[file] = scrubber.clean(_written(piece()))[-MOST_BYTES:]
        except Exception as error:  # noqa: BLE001  (one piece less is better than no bundle)
            missing[file] = scrubber.clean(str(error) or type(error).__name__)
    texts["missing.json"] = _written(missing)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for file, text in texts.items():
            content = text.encode("utf-8", "replace")
            # Neither whoever made it nor its machine stands in it.
            entry = tarfile.TarInfo(f"{name}/{file}")
            entry.size, entry.mtime, entry.mode = len(content), int(now.timestamp()), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return Made(data.getvalue(), tuple(texts), missing)


def _written(found: object) -> str:
    if isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n"
