"""What stands for a booking after its day: a keyed hash, with a key for each site.

It lets an event's visit be told from another's while events are kept, and leads back to a booking
only with the site's key. The key is made when it is first needed, is read by its owner alone, and
is in no backup of the database. Without it the hashes are random numbers.

*To change it, remove its file*: another one is made. Each pseudonym says by which key it was made,
so two of different keys are not mistaken for two bookings; nothing is hashed twice. As events are
kept for 30 days, an old key is good for nothing after that, and nobody has to keep it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from appliance.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

MARK = "~"
"""In no booking id."""
KEY_BYTES = 32
KEY_ID_DIGITS = 4
HASH_DIGITS = 24
OTHERS = 0o077


class PseudonymError(LobbyError):
    """A key cannot be used; the sentence says what to do."""


class Pseudonyms:
    """The keys.

    Args:
        folder: One file for each site; made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, bytes] = {}

    def of(self, site: str, booking: str) -> str:
        """Give what stands for a booking; a pseudonym stands for itself.

        Raises:
            PseudonymError: The key cannot be read or made, or others can read it.
        """
        if MARK in booking:
            return booking
        key = self._key(site)
        key_id = hashlib.sha256(key).hexdigest()[:KEY_ID_DIGITS]
        hashed = hmac.new(key, f"{site}\0{booking}".encode(), "sha256").hexdigest()
        return f"{key_id}{MARK}{hashed[:HASH_DIGITS]}"

    def forget(self) -> None:
        """Read the keys again when they are needed next."""
        self._keys.clear()

    def _key(self, site: str) -> bytes:
        if site not in self._keys:
            path = self._folder / f"{site}.key"
            try:
                self._keys[site] = _read(path) if path.exists() else _make(path)
            except OSError as error:
                raise PseudonymError(
                    f"{path} cannot be used as a key: {error.strerror}; see `--keys`"
                ) from error
        return self._keys[site]


def _make(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, key, mode=0o600)
    return key


def _read(path: Path) -> bytes:
    if path.stat().st_mode & OTHERS:
        raise PseudonymError(f"{path} can be read by others: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise PseudonymError(f"{path} is no key: remove it, and another one is made")
    return key
