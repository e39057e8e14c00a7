"""An office that makes appointments: real codes, a real trust list, the day's bookings."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import cbor2

from appliance.bus.messages.issued import Booked, Bookings, Cancelled
from appliance.bus.messages.payload import encode
from appliance.checkin.admission import Lobby
from appliance.checkin.keys import TrustList
from appliance.checkin.store import TrustStore
from appliance.desk.daybooks import DayBooks
from appliance.desk.reception import Reception, Trust
from appliance.line.model import Booking
from tests.checkin.forge import ISSUER, ROOT, Forged, claims, trusted
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from appliance.line.line import Line

SITE: Final = "SUED"
ELSEWHERE: Final = "NORD"
PREFIX: Final = "https://nummer.example.org/"


def signed_list(sequence: int, issued: datetime, *, root: Ed25519PrivateKey = ROOT) -> bytes:
    """Give a trust list as the root signs it."""
    listed = TrustList(sequence, issued, (trusted(sites=(SITE, ELSEWHERE)),))
    payload, protected = listed.encode(), b"\xa1\x01\x32"
    signature = root.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    parts = cbor2.dumps(protected) + b"\xa0" + cbor2.dumps(payload) + cbor2.dumps(signature)
    return b"\xd2\x84" + parts


class Office:
    """Makes bookings, codes and short numbers, and tells a desk about them.

    Args:
        folder: For what the desk keeps.
        line: The lobby.
    """

    def __init__(self, folder: Path, line: Line) -> None:
        self._ids = itertools.count(1)
        self._revisions = itertools.count(1)
        self.shorts: dict[str, str] = {}
        self.booked: list[Booking] = []
        (folder / "trust.cose").write_bytes(signed_list(1, at("06:00")))
        self.store = TrustStore(folder / "trust.cose", folder / "sequence", ROOT.public_key())
        self.store.load()
        self.trust = Trust(self.store)
        self.books = DayBooks(folder / "days")
        self.lobby = Lobby(line.zone, line.services, {ELSEWHERE: "Amt Nord"}, {"L1": "Hall 3"})
        self.reception = Reception(self.trust, SITE, self.lobby, self.books, PREFIX)

    def book(
        self,
        slot: str,
        service: str = "A1",
        *,
        place: str | None = None,
        short: str | None = None,
        day: date = DAY,
    ) -> Booking:
        """Make an appointment; its code is `code`, its short number is told by `tell`."""
        id_ = f"{next(self._ids):024x}"
        made = Booking(id_, at(slot, day), 10, service, place)
        self.booked.append(made)
        if short is not None:
            self.shorts[id_] = short
        return made

    def code(self, booking: Booking, *, site: str = SITE, key: Ed25519PrivateKey = ISSUER) -> str:
        """Give the code of an appointment."""
        slot_s = int(booking.slot.timestamp())
        said = [slot_s, booking.minutes, booking.service]
        content = claims(
            site=site,
            exp=slot_s + 12 * 3600,
            cti=bytes.fromhex(booking.id),
            booking=said if booking.place is None else [*said, booking.place],
        )
        return Forged(payload=cbor2.dumps(content), key=key).text

    def bookings(self, day: date = DAY, revision: int | None = None) -> bytes:
        """Give what the issuer tells of a day's bookings."""
        of_day = [
            Booked(
                id=each.id,
                slot=each.slot,
                minutes=each.minutes,
                service=each.service,
                short=self.shorts.get(each.id),
                place=each.place,
            )
            for each in self.booked
            if each.slot.astimezone(self.lobby.zone).date() == day
        ]
        revision = revision or next(self._revisions)
        told = Bookings(as_of=at("06:00", day), day=day, revision=revision, bookings=of_day)
        return encode(told)

    def cancelled(self, *bookings: Booking, day: date = DAY) -> bytes:
        """Give what the issuer tells of a day's cancellations."""
        return encode(
            Cancelled(
                as_of=at("06:00", day),
                day=day,
                revision=next(self._revisions),
                bookings=[each.id for each in bookings],
            )
        )

    def tell(self, *cancelled: Booking) -> None:
        """Tell the desk of today's bookings and cancellations."""
        self.books.take_bookings(DAY, self.bookings())
        if cancelled:
            self.books.take_cancelled(DAY, self.cancelled(*cancelled))
