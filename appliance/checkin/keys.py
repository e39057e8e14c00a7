"""Whose signatures count: the trust list, signed by a root key that is kept offline.

The Pi knows one thing from its provisioning: the public half of the root key. Everything else, such
as new issuer keys and the end of old ones, comes as a list that the root signed. Two keys may share
a kid, since a kid is one byte and rotation is forever; both are tried.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance.checkin.claims import SITE
from appliance.checkin.cose import KID_BYTES, FormError, Sign1, decode_signed

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 64 * 1024
"""No trust list is larger."""

KEY_BYTES = 32

_SEQUENCE, _ISSUED, _KEYS = 1, 2, 3
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
_MAX_SEQUENCE = 2**63 - 1


class TrustError(ValueError):
    """A trust list or root key cannot be used; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """The public half of an issuer's key, and what it may sign.

    Args:
        kid: One byte; not unique.
        public_key: Ed25519.
        sites: Codes of the sites for which it may sign.
        not_before: First moment at which its signatures count.
        not_after: Last moment.
    """

    kid: bytes
    public_key: Ed25519PublicKey
    sites: tuple[str, ...]
    not_before: datetime
    not_after: datetime

    def valid_at(self, at: datetime) -> bool:
        """Say whether signatures of this key count at `at`, both ends inclusive."""
        return self.not_before <= at <= self.not_after

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Say whether `signature` over `data` was made with this key."""
        return _verifies(self.public_key, data, signature)


@dataclass(frozen=True, slots=True)
class TrustList:
    """The keys that count, as the root signed them.

    Args:
        sequence: Grows by at least one with each list.
        issued: When the root signed it.
        keys: In the order of the list.
    """

    sequence: int
    issued: datetime
    keys: tuple[TrustedKey, ...]

    def keys_for(self, kid: bytes) -> tuple[TrustedKey, ...]:
        """Give the keys that `kid` may mean; empty when there is none."""
        return tuple(key for key in self.keys if key.kid == kid)

    def encode(self) -> bytes:
        """Write what the root signs, in the one way (deterministic CBOR)."""
        return cbor2.dumps(
            {
                _SEQUENCE: self.sequence,
                _ISSUED: int(self.issued.timestamp()),
                _KEYS: [
                    [
                        key.kid,
                        key.public_key.public_bytes_raw(),
                        list(key.sites),
                        int(key.not_before.timestamp()),
                        int(key.not_after.timestamp()),
                    ]
                    for key in self.keys
                ],
            }
        )

    @classmethod
    def parse(cls, data: bytes, root: Ed25519PublicKey) -> TrustList:
        """Verify and read a signed trust list.

        Raises:
            TrustError: It is too long, not of the right form, or not signed by `root`.
        """
        if len(data) > LIMIT_BYTES:
            raise TrustError(f"the trust list has more than {LIMIT_BYTES} bytes: fetch it again")
        try:
            sign1 = Sign1.parse(data, with_kid=False)
        except FormError as error:
            raise TrustError(f"this is not a trust list ({error}): fetch it again") from error
        if not _verifies(root, sign1.to_be_signed(), sign1.signature):
            raise TrustError("the trust list was not signed by this root key: check which is wrong")
        try:
            trust = _trust_list(decode_signed(sign1.payload))
        except FormError as error:
            raise TrustError(f"the root signed a malformed trust list: {error}") from error
        if trust.encode() != sign1.payload:
            raise TrustError("the root signed a malformed trust list: not deterministic CBOR")
        return trust


def parse_root(text: str) -> Ed25519PublicKey:
    """Read a root key: 32 bytes as base64 text.

    Raises:
        TrustError: It is something else.
    """
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrustError("the root key is not base64 text: provision it again") from error
    if len(raw) != KEY_BYTES:
        raise TrustError(f"the root key has {len(raw)} bytes instead of 32: provision it again")
    return Ed25519PublicKey.from_public_bytes(raw)


def read_root(path: Path) -> Ed25519PublicKey:
    """Read a root key from its file.

    Raises:
        TrustError: The file cannot be read, or does not hold a root key.
    """
    try:
        return parse_root(_read(path, "root key").decode("ascii"))
    except UnicodeDecodeError as error:
        raise TrustError(f"the root key {path} is not base64 text: provision it again") from error


def read_trust_list(path: Path, root: Ed25519PublicKey) -> TrustList:
    """Read a signed trust list from its file.

    Raises:
        TrustError: The file cannot be read, or does not hold a list that `root` signed.
    """
    return TrustList.parse(_read(path, "trust list"), root)


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise TrustError(f"cannot read the {what} {path}: {error.strerror or error}") from error


def _verifies(key: Ed25519PublicKey, data: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _trust_list(content: object) -> TrustList:
    if type(content) is not dict or not all(type(key) is int for key in content):
        raise FormError("not a map with whole numbers as keys")
    if list(content) != [_SEQUENCE, _ISSUED, _KEYS]:
        raise FormError("it must hold sequence, issued and keys, in this order")
    keys = content[_KEYS]
    if type(keys) is not list:
        raise FormError("keys must be a list")
    return TrustList(
        sequence=_number("sequence", content[_SEQUENCE], _MAX_SEQUENCE),
        issued=_time("issued", content[_ISSUED]),
        keys=tuple(_key(entry) for entry in keys),
    )


def _key(entry: object) -> TrustedKey:
    if type(entry) is not list or len(entry) != 5:  # noqa: PLR2004  (the five stand in the next line)
        raise FormError("a key must be kid, public key, sites, not before, not after")
    kid, public, sites, not_before, not_after = entry
    if type(kid) is not bytes or len(kid) != KID_BYTES:
        raise FormError("a kid must be one byte")
    if type(public) is not bytes or len(public) != KEY_BYTES:
        raise FormError("a public key must be 32 bytes")
    if type(sites) is not list or not all(type(s) is str and SITE.fullmatch(s) for s in sites):
        raise FormError("sites must be a list of site codes, 1 to 8 of A-Z, 0-9 and -")
    return TrustedKey(
        kid=kid,
        public_key=Ed25519PublicKey.from_public_bytes(public),
        sites=tuple(sites),
        not_before=_time("not before", not_before),
        not_after=_time("not after", not_after),
    )


def _number(name: str, value: object, largest: int) -> int:
    if type(value) is not int or not 0 <= value <= largest:
        raise FormError(f"{name} must be a whole number from 0 to {largest}")
    return value


def _time(name: str, value: object) -> datetime:
    return datetime.fromtimestamp(_number(name, value, _LATEST), UTC)
