"""The signing keys, in a folder of files, and the trust list that the root key signs.

    root.key          private
    root.pub          what is put on each Pi: 32 bytes as base64 text
    issuer-007.key    private; signs codes
    issuer-007.json   public; what the trust list is to say of it
    trust.cose        the list that was signed last; its sequence is where the next one goes on

The root key signs a few times a year, so it can stay on a machine without a network: only the
`.json` files have to come to it, and `trust.cose` to leave it. A private key is a PEM file (PKCS
#8) for its owner alone; one that others may read is not used, since it must count as known.
"""

from __future__ import annotations

import base64
import stat
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.checkin.cose import Sign1, to_be_signed
from appliance.checkin.keys import TrustedKey, TrustError, TrustList, read_trust_list
from appliance.files import write_atomically
from central.card import CardError, card_of, read_card

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_PRIVATE, _PUBLIC = 0o600, 0o644
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_KIDS = range(256)


class KeyringError(ValueError):
    """A key cannot be made, read or used; the sentence says what to do."""


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
        private_key = _private_key(self._path(kid, "key"))
        trusted = _trusted(self._path(kid, "json"))
        if trusted.public_key != private_key.public_key():
            raise KeyringError(f"the two files of key {kid} in {self.folder} are not of one key")
        return IssuerKey(private_key, trusted)

    def issuer_for(self, site: str, slot: datetime) -> IssuerKey:
        """Read the newest key that may sign for this site and slot.

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
        return self.issuer(max(usable, key=lambda key: key.not_before).kid[0])

    def trusted(self) -> tuple[TrustedKey, ...]:
        """Read what the next trust list will say.

        Raises:
            KeyringError: One of the files is damaged.
        """
        return tuple(_trusted(path) for path in sorted(self.folder.glob("issuer-*.json")))

    def sign_trust(self, issued: datetime) -> TrustList:
        """Sign a trust list of all issuer keys, with the next sequence, and keep it.

        Raises:
            KeyringError: There is no root key, others may read it, a key or the list that was
                signed last is damaged, or it cannot be written.
        """
        root = _private_key(self._root_key_path)
        last = self._last_sequence(root.public_key())
        trust = TrustList(last + 1, issued.replace(microsecond=0), self.trusted())
        self._write(self.trust_path, sign_trust_list(trust, root))
        return trust

    def _path(self, kid: int, ending: str) -> Path:
        return self.folder / f"issuer-{kid:03}.{ending}"

    def _free_kid(self) -> int:
        taken = {key.kid[0] for key in self.trusted()}
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


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        mode, pem = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except OSError as error:
        raise KeyringError(f"cannot read {path}: {error.strerror}") from error
    if mode & _OTHERS:
        raise KeyringError(f"others may read {path}: make a new key, or `chmod 600` this one")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyringError(f"{path} is not a private key in PEM form: restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyringError(f"{path} is a key of another kind: Ed25519 is needed")
    return key


def _trusted(path: Path) -> TrustedKey:
    try:
        return read_card(path.read_bytes())
    except OSError as error:
        raise KeyringError(f"cannot read {path}: {error.strerror}") from error
    except CardError as error:
        raise KeyringError(f"{path}: {error}") from error
