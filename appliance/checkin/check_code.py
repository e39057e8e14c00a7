"""The short code on a slip by which staff can tell that this device gave it out.

A keyed hash (HMAC-SHA-256, RFC 2104) over device, day, number and time, cut to five characters
without look-alikes: 20 characters to the power of 5 are 3.2 million, enough against guessing at a
counter where each try is seen.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from appliance.checkin.short_number import ALPHABET

if TYPE_CHECKING:
    from datetime import datetime

LENGTH = 5


def check_code(key: bytes, device: str, number: str, taken: datetime) -> str:
    """Give the code.

    Args:
        key: The device's own, 32 random bytes.
        device: Id of the device.
        number: On the slip.
        taken: On the slip; aware.
    """
    said = f"{device}|{number}|{taken.timestamp():.0f}".encode()
    rest = int.from_bytes(hmac.digest(key, said, "sha256"))
    characters = []
    for _ in range(LENGTH):
        rest, index = divmod(rest, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)
