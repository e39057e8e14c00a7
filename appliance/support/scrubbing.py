"""Taking out of a text what must not leave the device: secrets, codes, ids, numbers of people.

Two nets, one behind the other. The first knows the secrets of this device and finds them however
they are written; the second knows what such things look like, and rather takes too much. A log is
still of use without ids; an id that got out cannot be called back.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from appliance.checkin.short_number import ALPHABET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST: Final = 4
"""What is shorter is no secret, and stands in every second word."""
GONE: Final = "[secret]"
_CAPITAL: Final = f"[{ALPHABET}]"
_EITHER: Final = f"[{ALPHABET}{ALPHABET.lower()}]"

# In this order: what is longer first.
PATTERNS: Final = (
    (re.compile(r"-----BEGIN [^-]+-----.*?(-----END [^-]+-----|\Z)", re.DOTALL), "[key]"),
    (re.compile(r"LB1:[0-9A-Z $%*+\-./:]*"), "[code]"),
    (re.compile(r"(?<=://)[^/\s@\"']*@"), "[login]@"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[mail]"),
    (re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16,}(?![0-9A-Za-z])"), "[id]"),
    (
        # With capitals, small letters and digits mixed: no word looks so.
        re.compile(
            r"(?<![\w+-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Z])(?=[\w+=-]*[a-z])[\w+-]{16,}={0,2}",
            re.ASCII,
        ),
        "[token]",
    ),
    (re.compile(rf"\b{_CAPITAL}{{4}}[ -]?{_CAPITAL}{{4}}\b"), "[short number]"),
    # In small letters only with a digit: "rejected" is a word.
    (
        re.compile(rf"\b(?=[A-Za-z -]{{0,8}}[0-9]){_EITHER}{{4}}[ -]?{_EITHER}{{4}}\b"),
        "[short number]",
    ),
    (re.compile(r"\b[A-Z][0-9]{3,4}\b"), "[number]"),
)


class Scrubber:
    """Takes out what must not leave.

    Args:
        secrets: The device's own, as bytes.
        slip_prefix: How the address in a slip's QR begins; empty: slips carry none.
    """

    def __init__(self, secrets: Iterable[bytes], slip_prefix: str = "") -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        # The longest first: one may be a part of another.
        self._forms = sorted(forms, key=len, reverse=True)
        self._slips = re.compile(re.escape(slip_prefix) + r"[\w-]+") if slip_prefix else None

    def clean(self, text: str) -> str:
        """Give a text without them."""
        for form in self._forms:
            text = text.replace(form, GONE)
        if self._slips is not None:
            text = self._slips.sub("[slip]", text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text


def _forms(secret: bytes) -> Iterator[str]:
    """Give how a secret may stand in a text."""
    if len(secret) < SHORTEST:
        return
    text = secret.decode("utf-8", "replace")
    if "\N{REPLACEMENT CHARACTER}" not in text:
        yield text
        yield quote(text, safe="")
        yield repr(text)[1:-1]
        yield text.encode("unicode_escape").decode("ascii")
        # As it stands in JSON, and so in the pieces that we write ourselves.
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
    for encoded in (base64.b64encode(secret), base64.urlsafe_b64encode(secret)):
        yield encoded.decode("ascii")
        yield encoded.decode("ascii").rstrip("=")
    yield secret.hex()
    yield secret.hex().upper()
    yield repr(secret)[2:-1]
