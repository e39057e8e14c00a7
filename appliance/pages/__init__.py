"""The pages for counters and reception: static files, laid out beside what a lobby is called.

They speak MQTT to the same contract as everything else (docs/asyncapi.yaml): there is no second way
to ask the desk for something. What a page must know before it can connect (the lobby's topics, the
words for its services) is no secret, and is written beside the files as `lobby.json`.

Files are compressed here, once, so that the server on the Pi need not.
"""

from __future__ import annotations

import gzip
import json
from importlib import resources
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from appliance.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from appliance.config import Settings

COMPRESSED = (".css", ".html", ".js", ".json", ".svg")


class PagesError(LobbyError, OSError):
    """The pages cannot be written; the sentence says why."""


def lay_out(settings: Settings, out: Path) -> int:
    """Write the pages of a lobby; again is fine, and brings them up to date.

    Args:
        settings: Of the lobby.
        out: Folder for them; it is made. What is there and no page is left alone.

    Returns:
        How many files there are, compressed ones not counted.

    Raises:
        PagesError: A file cannot be written.
    """
    site = resources.files(__package__).joinpath("site")
    return lay_down({**dict(static(site)), "lobby.json": _about(settings)}, out)


def lay_down(files: Mapping[str, bytes], out: Path) -> int:
    """Write files for a web server, each that is worth it compressed beside itself.

    Args:
        files: Path below the folder → content.
        out: The folder.

    Returns:
        How many there are, compressed ones not counted.

    Raises:
        PagesError: A file cannot be written.
    """
    try:
        for name, content in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            if path.suffix in COMPRESSED:
                # Without a time in it the same page gives the same bytes.
                packed = gzip.compress(content, 9, mtime=0)
                write_atomically(path.with_name(f"{path.name}.gz"), packed)
    except OSError as error:
        raise PagesError(f"cannot write the pages to {out}: {error.strerror}") from error
    return len(files)


def static(folder: Traversable, below: str = "") -> Iterator[tuple[str, bytes]]:
    """Give the files of a folder, and of those in it: path below it, and content."""
    for entry in folder.iterdir():
        name = f"{below}{entry.name}"
        if entry.is_dir():
            yield from static(entry, f"{name}/")
        else:
            yield name, entry.read_bytes()


def _about(settings: Settings) -> bytes:
    """Give what a page must know of its lobby before it can connect; nothing in it is secret."""
    about = {
        "site": settings.site.id,
        "lobby": settings.lobby.id,
        "office": settings.site.name,
        "name": settings.lobby.name,
        "language": settings.site.language,
        "timezone": settings.site.timezone.key,
        "services": [
            {"code": each.code, "letter": each.letter, "text": dict(each.text)}
            for each in settings.services
        ],
        "counters": [
            {"id": each.id, "place": each.place, "services": list(each.services)}
            for each in settings.counters
        ],
        "rules": {
            "max_calls": settings.rules.max_calls,
            "recall_after_s": settings.rules.recall_after.total_seconds(),
        },
    }
    return json.dumps(about, ensure_ascii=False, indent=1).encode() + b"\n"
