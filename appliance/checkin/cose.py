"""Signed bytes (COSE_Sign1, RFC 9052) in the one layout that we use.

Codes and trust lists are signed alike: tag 18, Ed25519 (algorithm -19, RFC 9864), nothing in the
unprotected header. So there is exactly one way to write given content, and reading need not be
clever: the parts are taken from where they must stand, written afresh, and compared with what was
received. What is not ours in every byte is refused, and **no CBOR of a stranger is ever decoded**
before its signature was checked. That matters: a general decoder follows some twenty tags into
regular expressions, e-mail messages and decimals (tried with cbor2 6.3).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cbor2

ED25519 = -19
"""The algorithm's number in COSE (RFC 9864); the older -8 does not say which curve."""

SIGNATURE_BYTES = 64
KID_BYTES = 1

_ALGORITHM, _KID = 1, 4
_SIGN1_TAG = 18
_BYTE_STRING = 2
_TAG_AND_ARRAY_BYTES = 2
_HEAD_BYTES = 1
_EMPTY_MAP_BYTES = 1


class FormError(ValueError):
    """The bytes are not signed bytes in our layout."""


@dataclass(frozen=True, slots=True)
class Sign1:
    """Signed bytes, taken apart. Nothing is verified yet.

    Args:
        payload: What was signed.
        signature: 64 bytes.
        kid: Which key is said to have signed, one byte; None where only one key can be meant.
    """

    payload: bytes
    signature: bytes
    kid: bytes | None = None

    def to_be_signed(self) -> bytes:
        """Give the bytes that the signature covers (RFC 9052, section 4.4)."""
        return to_be_signed(self.payload, self.kid)

    def encode(self) -> bytes:
        """Write it in the one layout."""
        parts = [protected_header(self.kid), {}, self.payload, self.signature]
        return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, parts))

    @classmethod
    def parse(cls, data: bytes, *, with_kid: bool) -> Sign1:
        """Take signed bytes apart.

        Args:
            data: The whole, and nothing after it.
            with_kid: Whether the protected header must name a key.

        Raises:
            FormError: Some byte is not as we would have written it.
        """
        header_at = _TAG_AND_ARRAY_BYTES + _HEAD_BYTES
        header_bytes = len(protected_header(b"\0" if with_kid else None))
        header = data[header_at : header_at + header_bytes]
        kid = header[-KID_BYTES:] if with_kid else None
        if kid is not None and len(kid) != KID_BYTES:
            raise FormError("too short")
        payload = _byte_string(data[header_at + header_bytes + _EMPTY_MAP_BYTES :])
        sign1 = cls(payload, data[-SIGNATURE_BYTES:], kid)
        if sign1.encode() != data:
            raise FormError("not a COSE_Sign1 in the one layout")
        return sign1


def protected_header(kid: bytes | None) -> bytes:
    """Write the protected header: the algorithm, and the key where one is named."""
    return cbor2.dumps({_ALGORITHM: ED25519} if kid is None else {_ALGORITHM: ED25519, _KID: kid})


def to_be_signed(payload: bytes, kid: bytes | None) -> bytes:
    """Give the bytes that a signature over `payload` covers (RFC 9052, section 4.4)."""
    return cbor2.dumps(["Signature1", protected_header(kid), b"", payload])


def decode_signed(payload: bytes) -> object:
    """Decode content whose signature was good; its types are still to be checked.

    Raises:
        FormError: Not CBOR, nested deeper than any content of ours, of indefinite length, or with
            a key twice.
    """
    try:
        return _decoder(payload).decode()
    except cbor2.CBORError as error:
        raise FormError(str(error)) from error


def _byte_string(data: bytes) -> bytes:
    """Read the byte string that `data` begins with."""
    if not data or data[0] >> 5 != _BYTE_STRING:
        raise FormError("no byte string where the payload must stand")
    try:
        found: bytes = _decoder(data).decode()
    except cbor2.CBORError as error:
        raise FormError(str(error)) from error
    return found


def _decoder(data: bytes) -> cbor2.CBORDecoder:
    return cbor2.CBORDecoder(
        io.BytesIO(data), max_depth=4, allow_indefinite=False, allow_duplicate_keys=False
    )
