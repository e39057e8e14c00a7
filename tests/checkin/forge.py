"""Codes made by hand, byte by byte, right ones and wrong ones, without the product's own code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.checkin.keys import TrustedKey, TrustList

SITE = "DUS-SUED"
SLOT = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
SLOT_S = int(SLOT.timestamp())
EXP_S = SLOT_S + 12 * 3600
ID = bytes(range(12))
AT = SLOT - timedelta(minutes=5)
KID = b"\x07"

ROOT = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
ISSUER = Ed25519PrivateKey.from_private_bytes(bytes([2] * 32))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes([3] * 32))


def claims(**changes: Any) -> dict[Any, Any]:  # noqa: ANN401  (any CBOR: that is what is tried)
    """Give right claims, but for what is changed: `site`, `exp`, `cti`, `booking`."""
    right = {"site": SITE, "exp": EXP_S, "cti": ID, "booking": [SLOT_S, 15, "A"]} | changes
    names = {"site": 3, "exp": 4, "cti": 7, "booking": -65537}
    return {names[name]: value for name, value in right.items() if value is not ...}


def trusted(key: Ed25519PrivateKey = ISSUER, **changes: Any) -> TrustedKey:  # noqa: ANN401  (as dataclasses.replace)
    """Give a trusted key, right but for what is changed."""
    right = TrustedKey(
        kid=KID,
        public_key=key.public_key(),
        sites=(SITE,),
        not_before=SLOT - timedelta(days=100),
        not_after=SLOT + timedelta(days=100),
    )
    return replace(right, **changes)


def trust_of(*keys: TrustedKey) -> TrustList:
    """Give a trust list of these keys."""
    return TrustList(sequence=1, issued=SLOT - timedelta(days=1), keys=keys)


@dataclass(frozen=True)
class Forged:
    """A code whose every part can be wrong; the signature is right for what it says.

    Args:
        payload: CBOR of the claims.
        protected: CBOR of the protected header.
        signed_protected: What was signed as protected header, where it is not the same.
        unprotected: CBOR of the unprotected header.
        head: Tag and array head.
        key: Who signs.
        signature: Instead of the right one.
        tail: Bytes after the end.
    """

    payload: bytes = field(default_factory=lambda: cbor2.dumps(claims()))
    protected: bytes = b"\xa2\x01\x32\x04\x41" + KID
    signed_protected: bytes | None = None
    unprotected: bytes = b"\xa0"
    head: bytes = b"\xd2\x84"
    key: Ed25519PrivateKey = ISSUER
    signature: bytes | None = None
    tail: bytes = b""

    @property
    def data(self) -> bytes:
        """The bytes inside of the base45."""
        signature = self.right_signature() if self.signature is None else self.signature
        parts = (cbor2.dumps(part) for part in (self.protected, self.payload, signature))
        protected, payload, signature = parts
        return self.head + protected + self.unprotected + payload + signature + self.tail

    @property
    def text(self) -> str:
        """The code."""
        return text_of(self.data)

    def right_signature(self) -> bytes:
        """Sign what the parts say."""
        protected = self.protected if self.signed_protected is None else self.signed_protected
        return self.key.sign(cbor2.dumps(["Signature1", protected, b"", self.payload]))


def saying(**changes: Any) -> str:  # noqa: ANN401  (any CBOR)
    """Give a well-signed code whose claims are right but for what is changed."""
    return Forged(payload=cbor2.dumps(claims(**changes))).text


def text_of(data: bytes) -> str:
    """Write any bytes as the text of a code."""
    encoded: bytes = base45.b45encode(data)
    return "LB1:" + encoded.decode("ascii")
