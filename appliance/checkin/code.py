"""The appointment code: parsed strictly, and verified without any network.

A code is `LB1:` and the base45 (RFC 9285) of a COSE_Sign1 over CWT claims. Anyone may hold anything
before the camera, so the signature is checked first; only then is the content looked at. Whatever
the text is, the answer is a booking or a `CodeError`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Self

import base45

from appliance.checkin.claims import Claims, ClaimsError
from appliance.checkin.cose import Sign1

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.checkin.keys import TrustedKey, TrustList
    from appliance.line.model import Booking

PREFIX = "LB1:"
LIMIT_CHARACTERS = 512
"""A longer text is refused unread: the longest code that can be issued has 221 characters."""


class CodeReason(Enum):
    """Why a text is no valid code here and now. Closed: `lobby code verify` prints these words.

    In the order in which they are checked, so that a later one tells that all before were fine.
    """

    NOT_A_CODE = "not_a_code", "the text does not begin with LB1:, in capitals"
    TOO_LONG = "too_long", "the text has more than 512 characters"
    MALFORMED = "malformed", "not base45, or not a COSE_Sign1 with just the header that we use"
    UNKNOWN_KEY = "unknown_key", "no key of the trust list has this kid"
    BAD_SIGNATURE = "bad_signature", "not signed by a key of this kid, or changed since"
    KEY_NOT_VALID_NOW = "key_not_valid_now", "signed by a key whose time is not yet, or no more"
    BAD_CLAIMS = "bad_claims", "signed by an issuer, but outside of what a code may say"
    KEY_NOT_FOR_SITE = "key_not_for_site", "signed by a key that may not sign for the code's site"
    WRONG_SITE = "wrong_site", "a valid code for another site"
    EXPIRED = "expired", "the code's time (exp) is over"

    meaning: str

    def __new__(cls, word: str, meaning: str) -> Self:
        """Make a reason; `meaning` is for people who look after the system."""
        reason = object.__new__(cls)
        reason._value_ = word
        reason.meaning = meaning
        return reason


class CodeError(ValueError):
    """A text is no valid code here and now.

    Args:
        reason: Why not.
        claims: What the code says, where its signature was good and its content in order
            (`KEY_NOT_FOR_SITE` and all after): the person can be told the right site or day.
    """

    def __init__(self, reason: CodeReason, claims: Claims | None = None) -> None:
        super().__init__(reason.meaning)
        self.reason = reason
        self.claims = claims


def verify(text: str, trust: TrustList, site: str, at: datetime) -> Booking:
    """Give the booking that a code proves.

    Args:
        text: What was scanned; anything.
        trust: Whose signatures count.
        site: The site that this is.
        at: The moment of verification, aware. Early and late are not judged here.

    Raises:
        CodeError: It is no valid code at this site and moment.
    """
    sign1 = _signed_bytes(text)
    signers = _signers(sign1, trust)
    valid = [key for key in signers if key.valid_at(at)]
    if not valid:
        raise CodeError(CodeReason.KEY_NOT_VALID_NOW)
    try:
        claims = Claims.parse(sign1.payload)
    except ClaimsError as error:
        raise CodeError(CodeReason.BAD_CLAIMS) from error
    if not any(claims.site in key.sites for key in valid):
        raise CodeError(CodeReason.KEY_NOT_FOR_SITE, claims)
    if claims.site != site:
        raise CodeError(CodeReason.WRONG_SITE, claims)
    if at >= claims.expires:
        raise CodeError(CodeReason.EXPIRED, claims)
    return claims.booking


def text_of(sign1: Sign1) -> str:
    """Write signed bytes as the text of a code."""
    encoded: bytes = base45.b45encode(sign1.encode())
    return PREFIX + encoded.decode("ascii")


def _signed_bytes(text: str) -> Sign1:
    if not text.startswith(PREFIX):
        raise CodeError(CodeReason.NOT_A_CODE)
    if len(text) > LIMIT_CHARACTERS:
        raise CodeError(CodeReason.TOO_LONG)
    try:
        # As bytes: given a str, the library passes over line ends.
        encoded = text.removeprefix(PREFIX).encode("ascii")
        sign1 = Sign1.parse(base45.b45decode(encoded), with_kid=True)
    except ValueError as error:
        raise CodeError(CodeReason.MALFORMED) from error
    # Base45 has one form for given bytes, if its library is as strict as the standard.
    if text_of(sign1) != text:
        raise CodeError(CodeReason.MALFORMED)
    return sign1


def _signers(sign1: Sign1, trust: TrustList) -> list[TrustedKey]:
    keys = trust.keys_for(sign1.kid or b"")
    if not keys:
        raise CodeError(CodeReason.UNKNOWN_KEY)
    data = sign1.to_be_signed()
    signers = [key for key in keys if key.signed(data, sign1.signature)]
    if not signers:
        raise CodeError(CodeReason.BAD_SIGNATURE)
    return signers
