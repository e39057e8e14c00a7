"""From a booking to the text of its code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.checkin.code import text_of
from appliance.checkin.cose import Sign1, to_be_signed

if TYPE_CHECKING:
    from appliance.checkin.claims import Claims
    from central.keys.keyring import IssuerKey

LIMIT_CHARACTERS = 221
"""The most that QR version 8 holds (alphanumeric, error correction M)."""

USUAL_VALIDITY = timedelta(hours=12)
"""How long after its slot a code is accepted: to the evening, not to the next morning."""


class IssueError(ValueError):
    """This code must not be issued; the sentence names what to change."""


def issue(claims: Claims, key: IssuerKey, *, limit_characters: int = LIMIT_CHARACTERS) -> str:
    """Sign a booking and write it as the text of its code.

    Args:
        claims: What the code is to say.
        key: Who signs.
        limit_characters: A longer code is not issued.

    Raises:
        IssueError: The key may not sign this, or the code would be too long for its QR version.
    """
    _refuse_what_no_pi_accepts(claims, key)
    payload = claims.encode()
    signature = key.private_key.sign(to_be_signed(payload, key.trusted.kid))
    text = text_of(Sign1(payload, signature, key.trusted.kid))
    if len(text) > limit_characters:
        name, value = _longest_field(claims)
        raise IssueError(
            f"the code would have {len(text)} characters, and {limit_characters} fit into its QR:"
            f" shorten {name} '{value}'"
        )
    return text


def _refuse_what_no_pi_accepts(claims: Claims, key: IssuerKey) -> None:
    trusted = key.trusted
    if claims.site not in trusted.sites:
        raise IssueError(
            f"key {trusted.kid[0]} may not sign for site {claims.site}, only for"
            f" {', '.join(trusted.sites)}: use another key"
        )
    if not trusted.valid_at(claims.booking.slot):
        raise IssueError(
            f"key {trusted.kid[0]} counts from {trusted.not_before} to {trusted.not_after}, and the"
            f" slot is {claims.booking.slot}: use another key"
        )


def _longest_field(claims: Claims) -> tuple[str, str]:
    booking = claims.booking
    fields = {"place": booking.place or "", "site": claims.site, "service": booking.service}
    name = max(fields, key=lambda field: len(fields[field]))
    return name, fields[name]
