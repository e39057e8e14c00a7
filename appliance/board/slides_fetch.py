"""Fetching slides over HTTPS: all of a set or nothing, and the last good one while there is none.

`lobby slides fetch` does it, started by a timer: the board itself has no network. The address is
that of a `slides.toml`; its pictures lie beside it, and each says its SHA-256, so that nothing is
shown that the list does not mean. A set is gathered in a folder of its own, looked through, and put
in place by renaming one link: a power cut leaves the old set or the new one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin

import requests

from appliance.board.slide_folder import CURRENT
from appliance.display.picture_file import BYTES_MAX as PICTURE_BYTES_MAX
from appliance.display.picture_file import PictureError, read_picture
from appliance.display.slides import BYTES_MAX, FILE, Slide, SlidesError, read_slides
from appliance.errors import LobbyError
from appliance.files import sync_folder, write_atomically

DEADLINE_S: Final = 120.0
ANSWER_S: Final = 10.0
"""A server that says nothing for so long is given up."""
SET_BYTES_MAX: Final = 40_000_000
_ETAG: Final = "etag"
_PREFIX: Final = "set-"
_PIECE: Final = 64 * 1024


class FetchError(LobbyError, OSError):
    """The slides could not be fetched, and those of the last time stay; the sentence says why."""


class _Got(NamedTuple):
    body: bytes
    etag: str


def fetch(url: str, folder: Path, deadline_s: float = DEADLINE_S) -> bool:
    """Bring the slides in `folder` up to those at `url`.

    Args:
        url: Of a `slides.toml`.
        folder: Where they are kept.
        deadline_s: For all of it, in seconds.

    Returns:
        Whether there is a new set.

    Raises:
        FetchError: The server is away, too slow, or what it has cannot be shown.
    """
    try:
        with requests.Session() as session:
            return _Fetching(session, url, folder, time.monotonic() + deadline_s).run()
    except requests.RequestException as error:
        kind = type(error).__name__
        raise FetchError(f"{url} cannot be fetched ({kind}). The slides stay as they are.") from (
            error
        )
    except (SlidesError, PictureError) as error:
        raise FetchError(f"{error} The slides stay as they are.") from error
    except OSError as error:
        if isinstance(error, FetchError):
            raise
        raise FetchError(
            f"slides cannot be written to {folder} ({error.strerror}). Make room, or mend its"
            " permissions."
        ) from error


class _Fetching:
    """One fetching of one set."""

    def __init__(
        self, session: requests.Session, url: str, folder: Path, deadline_s: float
    ) -> None:
        self._session = session
        self._url = url
        self._folder = folder
        self._deadline_s = deadline_s
        self._left = SET_BYTES_MAX

    def run(self) -> bool:
        kept = self._folder / CURRENT
        etag = self._folder / _ETAG
        known = etag.read_text("utf-8") if etag.is_file() and kept.is_dir() else ""
        listing = self._get(self._url, BYTES_MAX, known)
        if listing is None:
            return False
        slides = read_slides(listing.body)
        self._sweep(kept)
        new = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._folder))
        new.chmod(0o755)
        for slide in slides:
            if slide.view.picture:
                self._picture(slide, kept, new / slide.view.picture)
        _write(new / FILE, listing.body)
        sync_folder(new)
        link = self._folder / f".{CURRENT}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(new.name)
        link.replace(kept)
        sync_folder(self._folder)
        write_atomically(etag, listing.etag.encode())
        self._sweep(kept)
        return True

    def _picture(self, slide: Slide, kept: Path, to: Path) -> None:
        name = slide.view.picture
        if not slide.sha256:
            raise SlidesError(f"{FILE}: picture {name!r} has no sha256. Give it one.")
        before = kept / name
        if before.is_file() and _sha256(before.read_bytes()) == slide.sha256:
            _write(to, before.read_bytes())
            return
        got = self._get(urljoin(self._url, quote(name)), PICTURE_BYTES_MAX)
        body = got.body if got else b""
        if _sha256(body) != slide.sha256:
            raise SlidesError(f"picture {name!r} is another than {FILE} says. Publish it anew.")
        _write(to, body)
        read_picture(to, (1, 1))

    def _get(self, url: str, most: int, etag: str = "") -> _Got | None:
        """Get a file; None: it is the one that we know."""
        headers = {"If-None-Match": etag} if etag else {}
        with self._session.get(url, headers=headers, timeout=ANSWER_S, stream=True) as answer:
            if answer.status_code == requests.codes.not_modified:
                return None
            if answer.status_code != requests.codes.ok:
                raise FetchError(
                    f"{url} answers {answer.status_code}. The slides stay as they are."
                )
            body = bytearray()
            for piece in answer.iter_content(_PIECE):
                body += piece
                self._left -= len(piece)
                if len(body) > most or self._left < 0:
                    raise FetchError(f"{url} is too large. The slides stay as they are.")
                if time.monotonic() > self._deadline_s:
                    raise FetchError(f"{url} is too slow. The slides stay as they are.")
            return _Got(bytes(body), answer.headers.get("ETag", "")[:200])

    def _sweep(self, kept: Path) -> None:
        """Remove what an earlier fetching left behind."""
        current = kept.resolve().name if kept.is_symlink() else ""
        for each in self._folder.glob(f"{_PREFIX}*"):
            if each.name != current:
                shutil.rmtree(each, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
