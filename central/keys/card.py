"""What the trust list is to say of one issuer key, as a small JSON file that a person can read.

It is public, and it travels: from where the key was made to where the root key is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance.checkin.claims import SITE
from appliance.checkin.keys import KEY_BYTES, TrustedKey


class CardError(ValueError):
    """This is not what a trust list can say of a key; the sentence says why."""


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kid: Annotated[int, msgspec.Meta(ge=0, le=255)]
    public_key: Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
    sites: Annotated[
        list[Annotated[str, msgspec.Meta(pattern=f"^{SITE.pattern}$")]], msgspec.Meta(min_length=1)
    ]
    not_before: Annotated[datetime, msgspec.Meta(tz=True)]
    not_after: Annotated[datetime, msgspec.Meta(tz=True)]


def card_of(key: TrustedKey) -> bytes:
    """Write the file."""
    card = _Card(
        kid=key.kid[0],
        public_key=key.public_key.public_bytes_raw(),
        sites=list(key.sites),
        not_before=key.not_before.astimezone(UTC),
        not_after=key.not_after.astimezone(UTC),
    )
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"


def read_card(data: bytes) -> TrustedKey:
    """Read the file.

    Raises:
        CardError: It is not JSON, or says something that a trust list cannot say.
    """
    try:
        card = msgspec.json.decode(data, type=_Card)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CardError(str(error)) from error
    if not card.not_before < card.not_after:
        raise CardError(f"the key ends on {card.not_after}, before it begins: mend the times")
    return TrustedKey(
        kid=bytes([card.kid]),
        public_key=Ed25519PublicKey.from_public_bytes(card.public_key),
        sites=tuple(card.sites),
        not_before=card.not_before.replace(microsecond=0).astimezone(UTC),
        not_after=card.not_after.replace(microsecond=0).astimezone(UTC),
    )
