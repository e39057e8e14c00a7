"""What a code says: CWT claims (RFC 8392) with one private claim for the booking.

Issuer and Pi share this module, so that the same limits hold at both ends. What cannot be written
cannot be built: `Claims` checks itself, and reading ends by writing the claims afresh and comparing
the bytes. Types are checked with `type(x) is`, never by comparing maps: to Python `{True: 1}` is
`{1: 1}`, and `1.0` is a fine key for both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import cbor2

from appliance.checkin.cose import FormError, decode_signed
from appliance.line.model import Booking

SITE = re.compile(r"[A-Z0-9-]{1,8}", re.ASCII)
SERVICE = re.compile(r"[A-Z0-9]{1,6}", re.ASCII)
PLACE = re.compile(r"[ -~]{1,10}", re.ASCII)
ID_BYTES = 12
MAX_MINUTES = 480
FIRST_SLOT = datetime(2020, 1, 1, tzinfo=UTC)
SLOTS_END = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_VALIDITY = timedelta(hours=36)

_ID = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}", re.ASCII)
_SITE_CLAIM, _EXP_CLAIM, _CTI_CLAIM, _BOOKING_CLAIM = 3, 4, 7, -65537
_CLAIMS = [_SITE_CLAIM, _EXP_CLAIM, _CTI_CLAIM, _BOOKING_CLAIM]
_IN_THE_LINE, _WITH_PLACE = 3, 4


class ClaimsError(ValueError):
    """A claim is outside of what codes may say; the sentence names it and its limit.

    Args:
        field: Name of the claim.
        sentence: What is wrong and what is allowed.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a code.

    Args:
        site: Where the appointment is.
        expires: From this moment on the code is refused; whole seconds.
        booking: The appointment.

    Raises:
        ClaimsError: One of them is outside of its limits.
    """

    site: str
    expires: datetime
    booking: Booking

    def __post_init__(self) -> None:
        booking = self.booking
        _check_text("site", self.site, SITE, "1 to 8 of A-Z, 0-9 and -")
        _check_text("id", booking.id, _ID, f"{ID_BYTES} bytes in lower-case hex")
        _check_text("service", booking.service, SERVICE, "1 to 6 of A-Z and 0-9")
        if booking.place is not None:
            _check_text("place", booking.place, PLACE, "1 to 10 printable ASCII characters")
        if not 1 <= booking.minutes <= MAX_MINUTES:
            raise ClaimsError("minutes", f"minutes is {booking.minutes}; allowed are 1 to 480")
        _check_time("slot", booking.slot)
        _check_time("expires", self.expires)
        if not FIRST_SLOT <= booking.slot < SLOTS_END:
            raise ClaimsError("slot", f"slot is {booking.slot}; allowed are 2020 to 2099")
        if not booking.slot < self.expires <= booking.slot + LONGEST_VALIDITY:
            raise ClaimsError(
                "expires",
                f"expires is {self.expires}; allowed is up to 36 h after the slot {booking.slot}",
            )

    def encode(self) -> bytes:
        """Write the claims in the one way (deterministic CBOR, RFC 8949, section 4.2)."""
        booking = self.booking
        appointment = [int(booking.slot.timestamp()), booking.minutes, booking.service]
        if booking.place is not None:
            appointment.append(booking.place)
        return cbor2.dumps(
            {
                _SITE_CLAIM: self.site,
                _EXP_CLAIM: int(self.expires.timestamp()),
                _CTI_CLAIM: bytes.fromhex(booking.id),
                _BOOKING_CLAIM: appointment,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Claims:
        """Read claims whose signature was good.

        Raises:
            ClaimsError: They are not claims of ours, or not written in the one way.
        """
        try:
            found = decode_signed(payload)
        except FormError as error:
            raise ClaimsError("claims", f"not CBOR as we write it: {error}") from error
        if type(found) is not dict or not all(type(key) is int for key in found):
            raise ClaimsError("claims", "not a map with whole numbers as keys")
        if list(found) != _CLAIMS:
            raise ClaimsError("claims", f"the claims must be {_CLAIMS}, in this order")
        claims = cls(
            site=_text("site", found[_SITE_CLAIM]),
            expires=_time("expires", found[_EXP_CLAIM]),
            booking=_booking(found[_CTI_CLAIM], found[_BOOKING_CLAIM]),
        )
        if claims.encode() != payload:
            raise ClaimsError("claims", "not written in the one way (deterministic CBOR)")
        return claims


def _booking(cti: object, appointment: object) -> Booking:
    if type(cti) is not bytes:
        raise ClaimsError("id", "the booking id must be a byte string")
    if type(appointment) is not list or len(appointment) not in (_IN_THE_LINE, _WITH_PLACE):
        raise ClaimsError("booking", "the booking must be slot, minutes, service, perhaps place")
    slot, minutes, service = appointment[:_IN_THE_LINE]
    if type(minutes) is not int:
        raise ClaimsError("minutes", "minutes must be a whole number")
    return Booking(
        id=cti.hex(),
        slot=_time("slot", slot),
        minutes=minutes,
        service=_text("service", service),
        place=_text("place", appointment[-1]) if len(appointment) == _WITH_PLACE else None,
    )


def _text(field: str, value: object) -> str:
    if type(value) is not str:
        raise ClaimsError(field, f"{field} must be a text")
    return value


def _time(field: str, value: object) -> datetime:
    if type(value) is not int:
        raise ClaimsError(field, f"{field} must be a whole number of seconds")
    # Bounds before conversion: datetime raises three kinds of errors on numbers that are too large.
    if not FIRST_SLOT.timestamp() <= value < (SLOTS_END + LONGEST_VALIDITY).timestamp():
        raise ClaimsError(field, f"{field} is outside of 2020 to 2099")
    return datetime.fromtimestamp(value, UTC)


def _check_text(field: str, value: str, allowed: re.Pattern[str], words: str) -> None:
    if not allowed.fullmatch(value):
        raise ClaimsError(
            field, f"{field} {value!r} has {len(value)} characters; allowed are {words}"
        )


def _check_time(field: str, value: datetime) -> None:
    if value.utcoffset() is None or value.microsecond:
        raise ClaimsError(field, f"{field} is {value}; it needs whole seconds and a time zone")
