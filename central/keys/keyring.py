"""The signing keys, in a folder of files, and the trust list that the root key signs.

    root.key          private
    root.pub          what is put on each Pi: 32 bytes as base64 text
    issuer-007.key    private; signs codes
    issuer-007.json   public; what the trust list is to say of it
    trust.cose        the list that was signed last; its sequence is where the next one goes on
    revoked/          public halves of keys that no list holds any more

The root key signs a few times a year, so it can stay on a machine without a network: only the
`.json` files have to come to it, and `trust.cose` to leave it. A private key is a PEM file (PKCS
#8) for its owner alone; one that others may read is not used, since it must count as known.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.checkin.cose import Sign1, to_be_signed
from appliance.checkin.keys import TrustedKey, TrustError, TrustList, read_trust_list
from appliance.files import sync_folder, write_atomically
from central.keys.card import CardError, card_of, read_card
from central.keys.key_files import KeyringError, destroy, read_private, read_public

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_PRIVATE, _PUBLIC = 0o600, 0o644
_KIDS = range(256)

FIRST_SCAN = timedelta(days=1)
"""A code may be held before a camera so long before its slot, and shall be understood then."""


class IssuerKey(NamedTuple):
    """A key that signs codes, and what the trust list says of it."""

    private_key: Ed25519PrivateKey
    trusted: TrustedKey


class Keyring:
    """The keys in one folder.

    Args:
        folder: It is made, for its owner alone, when the first key is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root_path = folder / "root.pub"
        self.trust_path = folder / "trust.cose"
        self._root_key_path = folder / "root.key"

    def new_root(self) -> Ed25519PrivateKey:
        """Make the root key.

        Raises:
            KeyringError: There is one, or it cannot be written.
        """
        private_key = Ed25519PrivateKey.generate()
        public = private_key.public_key().public_bytes_raw()
        self._write_key(self._root_key_path, private_key)
        self._write(self.root_path, base64.b64encode(public) + b"\n")
        return private_key

    def new_issuer(
        self, sites: tuple[str, ...], not_before: datetime, not_after: datetime, kid: int | None
    ) -> IssuerKey:
        """Make a key that signs codes. Its codes count once it is in a trust list.

        Args:
            sites: Codes of the sites for which it may sign.
            not_before: First moment at which its signatures count; aware, whole seconds.
            not_after: Last moment.
            kid: Its number in codes, 0 to 255; None takes the smallest that is free.

        Raises:
            KeyringError: An argument is outside of its limits, there is such a key, or it cannot be
                written.
        """
        kid = self._free_kid() if kid is None else kid
        if kid not in _KIDS:
            raise KeyringError(f"kid is {kid}; allowed are 0 to 255")
        if kid in self._revoked_kids():
            raise KeyringError(f"key {kid} was revoked: choose another kid")
        private_key = Ed25519PrivateKey.generate()
        public_key = private_key.public_key()
        try:
            card = card_of(TrustedKey(bytes([kid]), public_key, sites, not_before, not_after))
            trusted = read_card(card)
        except CardError as error:
            raise KeyringError(str(error)) from error
        self._write_key(self._path(kid, "key"), private_key)
        self._write(self._path(kid, "json"), card)
        return IssuerKey(private_key, trusted)

    def issuer(self, kid: int) -> IssuerKey:
        """Read the key with this kid.

        Raises:
            KeyringError: There is none, it is damaged, or others may read it.
        """
        private_key = read_private(self._path(kid, "key"))
        trusted = read_public(self._path(kid, "json"))
        if trusted.public_key != private_key.public_key():
            raise KeyringError(f"the two files of key {kid} in {self.folder} are not of one key")
        return IssuerKey(private_key, trusted)

    def issuer_for(self, site: str, slot: datetime) -> IssuerKey:
        """Read the newest key that may sign for this site and slot.

        One that counts only from the slot's own day on would be refused to who comes the evening
        before, so it signs only where there is no other.

        Raises:
            KeyringError: There is none, it is damaged, or others may read it.
        """
        usable = [
            key
            for key in self.trusted()
            if site in key.sites and key.valid_at(slot) and self._path(key.kid[0], "key").exists()
        ]
        if not usable:
            raise KeyringError(
                f"no key in {self.folder} may sign for site {site} on {slot:%Y-%m-%d}:"
                " make one with `lobby-central keys new issuer`"
            )
        ready = [key for key in usable if key.valid_at(slot - FIRST_SCAN)]
        return self.issuer(max(ready or usable, key=lambda key: key.not_before).kid[0])

    def rotate(
        self, now: datetime, ahead: timedelta, lasts: timedelta, kid: int | None
    ) -> tuple[TrustedKey, IssuerKey]:
        """Make the key that follows another one, for the same sites.

        It begins one booking horizon from now: until then every Pi has the list that names it, and
        the other key signs what is booked for the days before.

        Args:
            now: Present time.
            ahead: The booking horizon.
            lasts: How long the new key counts.
            kid: Which key it follows; None: the newest, if it is the newest for all sites.

        Returns:
            The key that it follows, and the new one.

        Raises:
            KeyringError: It is not clear which key it follows, or that one is followed already.
        """
        before = self._newest(kid)
        follower = max(
            (key for key in self.trusted() if set(key.sites) >= set(before.sites)),
            key=lambda key: key.not_before,
        )
        if follower.not_before > now:
            raise KeyringError(
                f"key {follower.kid[0]} follows already, from {follower.not_before:%Y-%m-%d} on"
            )
        # No slot shall be without a key, even where this comes late.
        begin = max(now, min(now + ahead, before.not_after - 2 * FIRST_SCAN))
        begin = begin.replace(microsecond=0)
        return before, self.new_issuer(before.sites, begin, begin + lasts, None)

    def revoke(self, kid: int) -> TrustedKey:
        """Take a key out of the next trust list, and destroy its private half.

        The public half is put aside. After a crash in between, revoke it again.

        Raises:
            KeyringError: There is no such key, or its files cannot be changed.
        """
        card, private = self._path(kid, "json"), self._path(kid, "key")
        aside = self.folder / "revoked" / card.name
        try:
            if card.exists():
                aside.parent.mkdir(mode=0o700, exist_ok=True)
                card.rename(aside)
                sync_folder(aside.parent)
                sync_folder(self.folder)
            elif not (aside.exists() and private.exists()):
                raise KeyringError(f"there is no key {kid} in {self.folder}: see `keys list`")
            if private.exists():
                destroy(private)
                sync_folder(self.folder)
        except OSError as error:
            raise KeyringError(f"cannot revoke key {kid}: {error}") from error
        return read_public(aside)

    def trusted(self) -> tuple[TrustedKey, ...]:
        """Read what the next trust list will say.

        Raises:
            KeyringError: One of the files is damaged.
        """
        return tuple(read_public(path) for path in sorted(self.folder.glob("issuer-*.json")))

    def sign_trust(self, issued: datetime) -> TrustList:
        """Sign a trust list of all issuer keys, with the next sequence, and keep it.

        Raises:
            KeyringError: There is no root key, others may read it, a key or the list that was
                signed last is damaged, or it cannot be written.
        """
        root = read_private(self._root_key_path)
        last = self._last_sequence(root.public_key())
        trust = TrustList(last + 1, issued.replace(microsecond=0), self.trusted())
        self._write(self.trust_path, sign_trust_list(trust, root))
        return trust

    def _path(self, kid: int, ending: str) -> Path:
        return self.folder / f"issuer-{kid:03}.{ending}"

    def _newest(self, kid: int | None) -> TrustedKey:
        keys = [key for key in self.trusted() if kid in (None, key.kid[0])]
        if not keys:
            which = "no key" if kid is None else f"no key {kid}"
            raise KeyringError(
                f"there is {which} in {self.folder}: make one with `keys new issuer`"
            )
        newest = max(keys, key=lambda key: key.not_before)
        if any(set(key.sites) - set(newest.sites) for key in keys):
            raise KeyringError("there are keys for other sites, too: say which with --kid")
        return newest

    def _revoked_kids(self) -> set[int]:
        aside = (self.folder / "revoked").glob("issuer-*.json")
        return {read_public(path).kid[0] for path in aside}

    def _free_kid(self) -> int:
        taken = {key.kid[0] for key in self.trusted()} | self._revoked_kids()
        for kid in _KIDS:
            if kid not in taken:
                return kid
        raise KeyringError("all 256 kids are taken: remove the files of keys whose time is over")

    def _last_sequence(self, root: Ed25519PublicKey) -> int:
        if not self.trust_path.exists():
            return 0
        try:
            return read_trust_list(self.trust_path, root).sequence
        except TrustError as error:
            raise KeyringError(
                f"the list before, {self.trust_path}, is damaged: {error}"
            ) from error

    def _write_key(self, path: Path, key: Ed25519PrivateKey) -> None:
        if path.exists():
            raise KeyringError(f"{path} exists, and a key is never overwritten: choose another")
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._write(path, pem, _PRIVATE)

    def _write(self, path: Path, data: bytes, mode: int = _PUBLIC) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, data, mode=mode)
        except OSError as error:
            raise KeyringError(f"cannot write {path}: {error.strerror}") from error


def sign_trust_list(trust: TrustList, root: Ed25519PrivateKey) -> bytes:
    """Sign a trust list."""
    payload = trust.encode()
    return Sign1(payload, root.sign(to_be_signed(payload, None))).encode()
