"""Booking, cancelling, moving: what is signed, what is kept, and in which order.

A code that left the house cannot be called back. So it is signed inside the transaction that keeps
its booking, after looking that the booking stands, and handed over only when that transaction is on
the disk: whatever crashes, there is no code without a booking, and none is signed for a cancelled
one. A crash between the disk and the handing over leaves a booking whose code nobody has: asking
for it again gives it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.checkin.claims import ID_BYTES, Claims
from appliance.checkin.short_number import read_short_number
from central.bookings.issuing import issue
from central.bookings.kept import Kept, State
from central.bookings.office import Office
from central.bookings.orders import Order, checked
from central.bookings.store import Store
from central.keys.keyring import IssuerKey, Keyring


class BookingError(ValueError):
    """There is no such booking, or it cannot be changed so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A booking, and its code if it stands.

    Args:
        kept: The booking as it is now.
        code: The text of its code; None if it is cancelled or moved.
        new: Whether it was made just now.
    """

    kept: Kept
    code: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes and changes bookings.

    Args:
        office: Whose they are.
        store: Where they are kept.
        keyring: Who signs.
        now: The clock.
        sign: Signs claims; the tests look at when it is called.
    """

    office: Office
    store: Store
    keyring: Keyring
    now: Callable[[], datetime]
    sign: Callable[[Claims, IssuerKey], str] = issue

    def book(self, order: Order, reference: str | None = None) -> Issued:
        """Make a booking, within `store.writing()`.

        Args:
            order: What is asked for.
            reference: What a booking website calls it; the same one gives the same booking.

        Raises:
            ClaimsError, IssueError, KeyringError, OfficeError: It cannot be issued.
            BookingError: The reference stands for another appointment.
        """
        known = None if reference is None else self.store.by_reference(reference)
        if known is not None:
            return self._again(known, order)
        claims, day = checked(order, self.office, secrets.token_hex(ID_BYTES), self.now())
        short, entry = self.store.new_short(day), str(uuid.uuid4())
        kept = Kept(claims.booking, day, short, claims.expires, entry)
        code = self._signed(kept)
        self.store.add(kept, reference, self.now())
        return Issued(kept, code, new=True)

    def cancel(self, name: str) -> Issued:
        """Cancel a booking; one that is cancelled already stays so.

        Args:
            name: Its id or its short number.

        Raises:
            BookingError: There is none, several have this short number, or it was moved.
        """
        with self.store.writing():
            kept = self.find(name)
            if kept.state is State.MOVED:
                raise self._moved(kept)
            if kept.state is State.CANCELLED:
                return Issued(kept, None, new=False)
            self.store.end(kept, self.now())
            return Issued(self.find(kept.booking.id), None, new=True)

    def move(
        self,
        name: str,
        slot: datetime,
        *,
        minutes: int | None = None,
        service: str | None = None,
        place: str | None = None,
    ) -> Issued:
        """Cancel a booking and make another one that takes its place.

        Args:
            name: Its id or its short number.
            slot: When it begins now.
            minutes: How long it is; None: as before.
            service: What it is for; None: as before, and in the same lobby.
            place: Where it is; None: as before.

        Raises:
            BookingError: There is none, several have this short number, or it does not stand.
            ClaimsError, IssueError, KeyringError, OfficeError: The new one cannot be issued; the
                old one stands.
        """
        with self.store.writing():
            old = self._standing(name)
            before = old.booking
            order = Order(
                site=old.on.site,
                lobby=old.on.lobby if service is None else None,
                slot=slot,
                minutes=before.minutes if minutes is None else minutes,
                service=before.service if service is None else service,
                place=before.place if place is None else place,
            )
            claims, day = checked(order, self.office, secrets.token_hex(ID_BYTES), self.now())
            short, changes = self.store.new_short(day), old.entry_sequence + 1
            new = Kept(claims.booking, day, short, claims.expires, old.entry, changes)
            self.store.end(old, self.now(), new.booking.id)
            code = self._signed(new)
            self.store.add(new, None, self.now())
            return Issued(new, code, new=True)

    def reissue(self, name: str) -> Issued:
        """Sign the code of a booking that stands once more, with the newest key.

        Raises:
            BookingError: There is none, several have this short number, or it does not stand.
            IssueError, KeyringError: No key may sign it.
        """
        with self.store.writing():
            kept = self._standing(name)
            return Issued(kept, self._signed(kept), new=False)

    def forget(self) -> int:
        """Delete the days that are over for so long that nobody needs them; gives how many went."""
        oldest = self.now().date() - timedelta(days=self.office.files.keep_days)
        return self.store.forget_before(oldest)

    def find(self, name: str) -> Kept:
        """Give a booking by its id, or by its short number as a person writes it.

        Raises:
            BookingError: There is none, or several have this short number.
        """
        found = self.store.find(read_short_number(name) or name.lower())
        if len(found) > 1:
            # A short number of the past may come again.
            found = [kept for kept in found if kept.state is State.BOOKED] or found
        if not found:
            raise BookingError(f"there is no booking '{name}': give its id or its short number")
        if len(found) > 1:
            ids = ", ".join(f"{kept.booking.id} on {kept.on.day}" for kept in found)
            raise BookingError(f"several bookings have the number '{name}': give the id of {ids}")
        return found[0]

    def _again(self, known: Kept, order: Order) -> Issued:
        if known.state is not State.BOOKED:
            return Issued(known, None, new=False)
        before, asked = known.booking, (order.slot, order.minutes, order.service, order.place)
        if asked != (before.slot, before.minutes, before.service, before.place):
            raise BookingError(
                f"the reference stands for booking {before.id} on {before.slot:%Y-%m-%d %H:%M} UTC,"
                " and now for another appointment: change that with `lobby-central move`"
            )
        return Issued(known, self._signed(known), new=False)

    def _standing(self, name: str) -> Kept:
        kept = self.find(name)
        if kept.state is State.MOVED:
            raise self._moved(kept)
        if kept.state is State.CANCELLED:
            raise BookingError(f"booking {kept.booking.id} is cancelled: book a new one")
        return kept

    def _moved(self, kept: Kept) -> BookingError:
        return BookingError(f"booking {kept.booking.id} was moved: give {kept.moved_to} instead")

    def _signed(self, kept: Kept) -> str:
        claims = Claims(kept.on.site, kept.expires, kept.booking)
        return self.sign(claims, self.keyring.issuer_for(claims.site, claims.booking.slot))
