"""Fetches a release over HTTPS: gone on with where it broke, and kept only as the office signed it.

It runs without any rights (see `settings_files.UPDATE`), and decides nothing that counts: whether
a release is taken is seen to again by `taking`, on a copy. The address is that of a folder on a web
server, as `provisioning release` made it: to offer another release is to put another one there.

What the server says of lengths is not believed: the manifest tells how long a file is, and never
more is taken. A file of which a part came is asked for from there on (RFC 9110, sections 13.1.5 and
14); that it is the same one is what its signed SHA-256 tells in the end.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError

from .ground import Places, ReleaseError, named
from .installing import SIGNED_BYTES_MAX, unwanted
from .signed import MANIFEST, SIGNATURE, Manifest, as_signed, fits, parts, signed, verified

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 64 * 1024
TOTAL_BYTES_MAX = 1 << 30


@dataclass(frozen=True)
class Patience:
    """For how long a server is put up with.

    Args:
        deadline_s: For everything together.
        silence_s: Without a byte.
        tries: So often in a row without a byte.
        pause: Waits between two tries, for so many seconds.
    """

    deadline_s: float = 1800.0
    silence_s: float = 30.0
    tries: int = 4
    pause: Callable[[float], None] = time.sleep


class BrokenError(Exception):
    """A transfer broke; the sentence says how. Another try may do."""


def fetch(
    url: str,
    to: Path,
    places: Places,
    authorities: Path | None,
    patience: Patience,
) -> str:
    """Bring a folder up to the release at an address, if that is one to take.

    Args:
        url: Of the release's folder.
        to: Gets a folder named after its version, in which all is as it was signed.
        places: Where the office's key and the running release are.
        authorities: Who may vouch for the server (PEM); None: whom the system trusts.
        patience: With the server.

    Returns:
        What was done, for people.

    Raises:
        ReleaseError: There is none to take, or it did not come whole. What came of it stays, and
            is gone on with.
    """
    if not url.startswith("https://"):
        raise ReleaseError(f"{url} is not https://: releases are fetched over nothing else")
    with requests.Session() as session:
        # What else is set on this machine (proxies, netrc) has no say here.
        session.trust_env = False
        session.verify = str(authorities) if authorities else True
        return _Fetching(session, url.rstrip("/"), to, places, patience).run()


class _Fetching:
    """One fetching of one release."""

    def __init__(
        self, session: requests.Session, url: str, to: Path, places: Places, patience: Patience
    ) -> None:
        self._session = session
        self._url = url
        self._to = to
        self._places = places
        self._patience = patience
        self._until_s = time.monotonic() + patience.deadline_s

    def run(self) -> str:
        offered = self._offered()
        version = offered.version
        if why_not := self._why_not(version):
            shutil.rmtree(self._to / ".offered")
            return why_not
        fits(offered)
        folder = self._to / version
        self._make_room(offered, folder)
        folder.mkdir(exist_ok=True)
        for name in (MANIFEST, SIGNATURE):
            (self._to / ".offered" / name).replace(folder / name)
        for name in offered.files:
            self._file(name, offered, folder)
        for left in set(folder.iterdir()) - {folder / name for name in offered.files}:
            if left.name not in {MANIFEST, SIGNATURE}:
                left.unlink()
        verified(folder, self._places.key)
        return f"fetched release {version}"

    def _offered(self) -> Manifest:
        """Get what the server's release says of itself, and see that the office signed it."""
        draft = self._to / ".offered"
        draft.mkdir(parents=True, exist_ok=True)
        for name in (MANIFEST, SIGNATURE):
            part = draft / name
            part.unlink(missing_ok=True)
            self._patiently(name, part, partial(self._all_of, name, part))
        return signed(draft, self._places.key)

    def _why_not(self, version: str) -> str | None:
        current = named(self._places.current)
        if version == current:
            return f"release {version} runs already"
        if current is not None and parts(version) < parts(current):
            raise ReleaseError(
                f"{self._url} offers {version}, which is older than {current}, which runs: an"
                " older one is taken only when a person says so"
            )
        if version in unwanted(self._places):
            return f"release {version} was worse here: a person must take it, if it is to be"
        return None

    def _make_room(self, offered: Manifest, folder: Path) -> None:
        """Take away what came of other releases; see that this one has room."""
        for other in self._to.iterdir():
            if other not in {folder, self._to / ".offered"}:
                shutil.rmtree(other, ignore_errors=True)
        size = sum(offered.sizes.values())
        if size > TOTAL_BYTES_MAX:
            raise ReleaseError(
                f"release {offered.version} has {size >> 20} MiB: that is no release"
            )
        # Fetched, copied, installed.
        if shutil.disk_usage(self._to).free < 4 * size:
            raise ReleaseError(
                f"release {offered.version} needs {4 * size >> 20} MiB on {self._to}: make room"
            )

    def _file(self, name: str, offered: Manifest, folder: Path) -> None:
        """Get a file, unless it is there already."""
        done, part = folder / name, folder / f".{name}.part"
        if done.exists() and as_signed(done, offered, name):
            return
        size = offered.sizes[name]
        for whole in (False, True):
            if whole:
                # Two versions of it, joined.
                part.unlink(missing_ok=True)
            self._patiently(name, part, partial(self._rest_of, name, part, size))
            if as_signed(part, offered, name):
                part.replace(done)
                return
        part.unlink()
        raise ReleaseError(f"{self._url}/{name} is not as it was signed: publish it again")

    def _patiently(self, name: str, part: Path, get: Callable[[], None]) -> None:
        """Try again, as long as bytes come now and then."""
        silent = 0
        while True:
            before = _size(part)
            try:
                get()
            except (BrokenError, requests.RequestException, HTTPError) as error:
                silent = 0 if _size(part) > before else silent + 1
                late = time.monotonic() > self._until_s
                if late or silent >= self._patience.tries:
                    kind = str(error) if isinstance(error, BrokenError) else type(error).__name__
                    raise ReleaseError(
                        f"{self._url}/{name} did not come ({'too slow' if late else kind});"
                        " what runs stays, and the next time goes on from here"
                    ) from error
                self._patience.pause(2.0**silent)
            else:
                return

    def _all_of(self, name: str, part: Path) -> None:
        """Get a small file."""
        part.unlink(missing_ok=True)
        with self._get(name, {}) as answer:
            self._take(answer, part, SIGNED_BYTES_MAX)

    def _rest_of(self, name: str, part: Path, size: int) -> None:
        """Get what is missing of a file."""
        have, tag = _size(part), part.with_suffix(".etag")
        if have == size and part.exists():
            return
        asked = {"Range": f"bytes={have}-"} if have else {}
        if have and tag.exists():
            asked["If-Range"] = tag.read_text("utf-8")
        with self._get(name, asked) as answer:
            goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if answer.status_code == requests.codes.partial and not (have and goes_on):
                part.unlink(missing_ok=True)
                raise BrokenError("it sends another part than was asked for")
            if answer.status_code == requests.codes.ok:
                part.unlink(missing_ok=True)
                have = 0
            # A weak one says "about the same", which is nothing to go on from.
            etag = answer.headers.get("ETag", "W/")[:200]
            if etag.startswith("W/"):
                tag.unlink(missing_ok=True)
            else:
                tag.write_text(etag, "utf-8")
            self._take(answer, part, size - have)
        if _size(part) < size:
            raise BrokenError("it ended early")
        tag.unlink(missing_ok=True)

    def _get(self, name: str, asked: dict[str, str]) -> requests.Response:
        if time.monotonic() > self._until_s:
            raise BrokenError("there is no time left")
        # Compressed on the way, a range would be one of other bytes.
        answer = self._session.get(
            f"{self._url}/{name}",
            headers={"Accept-Encoding": "identity", **asked},
            timeout=self._patience.silence_s,
            stream=True,
            allow_redirects=False,
        )
        match answer.status_code:
            case requests.codes.ok | requests.codes.partial:
                return answer
            case status if status >= requests.codes.server_error:
                answer.close()
                raise BrokenError(f"it answers {status}")
            case status:
                answer.close()
                raise ReleaseError(f"{self._url}/{name} answers {status}: what runs stays")

    def _take(self, answer: requests.Response, part: Path, most: int) -> None:
        """Take what comes, and no more than so many bytes."""
        # Not iter_content: it waits for a whole piece, and a server that drips would hold it up.
        with part.open("ab") as file:
            while most > 0 and (piece := answer.raw.read1(min(most, PIECE))):
                file.write(piece)
                most -= len(piece)
                if time.monotonic() > self._until_s:
                    raise BrokenError("there is no time left")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
