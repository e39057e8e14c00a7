"""Booking, cancelling, moving: no code without a booking, and none for a cancelled one."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.checkin.claims import ClaimsError
from appliance.checkin.code import verify
from appliance.checkin.keys import read_root, read_trust_list
from appliance.checkin.short_number import read_short_number, written
from central.bookings.issuer import BookingError, Issuer
from central.bookings.issuing import issue
from central.bookings.kept import Day, State
from central.bookings.office import OfficeError
from central.bookings.store import Store, StoreError
from central.keys.key_files import KeyringError
from tests.central.world import ADVISER, NOW, ORDER, SITE, SLOT

if TYPE_CHECKING:
    from appliance.checkin.claims import Claims
    from central.bookings.issuer import Issued
    from central.bookings.orders import Order
    from central.keys.keyring import IssuerKey
    from tests.central.world import World

TUESDAY = Day(SITE, "EINGANG", SLOT.date())


class PowerCutError(RuntimeError):
    """The machine stops here."""


def book(issuer: Issuer, order: Order = ORDER, reference: str | None = None) -> Issued:
    with issuer.store.writing():
        return issuer.book(order, reference)


def test_a_booking_is_kept_and_its_code_is_good(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    trust = read_trust_list(world.keyring.trust_path, read_root(world.keyring.root_path))
    assert issued.code is not None
    assert verify(issued.code, trust, SITE, SLOT) == issued.kept.booking
    assert issuer.store.of(TUESDAY) == [issued.kept]
    assert read_short_number(issued.kept.short) == issued.kept.short


def test_there_is_no_column_for_a_person(world: World, store: Store) -> None:
    assert store.of(TUESDAY) == []
    with sqlite3.connect(world.office.files.store) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(booking)")}
    db.close()
    assert columns == {
        *("id", "site", "lobby", "day", "slot", "minutes", "service", "place", "short", "expires"),
        *("state", "moved_to", "entry", "entry_sequence", "handed_over", "reference"),
    }
    assert stat.S_IMODE(world.office.files.store.stat().st_mode) == 0o600


def test_the_day_is_that_of_the_site(issuer: Issuer) -> None:
    late = book(issuer, replace(ORDER, slot=SLOT.replace(hour=23, minute=30)))
    assert late.kept.on.day == SLOT.date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (replace(ORDER, site="NORD"), "there is no site 'NORD': there is SUED, OST"),
        (replace(ORDER, lobby="SUD"), "no lobby 'SUD': there is EINGANG, NEU"),
        (replace(ORDER, service="Z9"), "no service 'Z9': there is A10, B20, C30"),
        (replace(ORDER, lobby="NEU"), "SUED/NEU has no service 'A10': there is C30"),
        (replace(ORDER, place="9.9"), "no place '9.9': there is 3.401"),
        (replace(ORDER, slot=NOW - timedelta(days=1)), "taken from 2026-03-02 to 2026-05-01"),
        (replace(ORDER, slot=NOW + timedelta(days=61)), "taken from 2026-03-02 to 2026-05-01"),
    ],
)
def test_what_the_office_does_not_have_is_not_booked(
    issuer: Issuer, order: Order, sentence: str
) -> None:
    with pytest.raises(OfficeError, match=sentence):
        book(issuer, order)
    assert issuer.store.revisions(NOW.date()) == {}


def test_a_booking_that_no_code_can_say_is_not_kept(issuer: Issuer) -> None:
    with pytest.raises(ClaimsError, match="minutes is 500"):
        book(issuer, replace(ORDER, minutes=500))
    assert issuer.store.of(TUESDAY) == []


def test_a_cancelled_booking_stays_cancelled(issuer: Issuer) -> None:
    booking = book(issuer).kept.booking
    first, second = issuer.cancel(booking.id), issuer.cancel(booking.id)
    assert (first.kept.state, first.code, first.new) == (State.CANCELLED, None, True)
    assert (second.kept, second.new) == (first.kept, False)
    assert first.kept.entry_sequence == 1


def test_a_booking_is_found_by_its_number_as_people_write_it(issuer: Issuer) -> None:
    kept = book(issuer).kept
    assert issuer.find(written(kept.short).lower()) == kept
    with pytest.raises(BookingError, match="there is no booking 'nothing'"):
        issuer.find("nothing")


def test_a_moved_booking_is_a_new_one_and_a_cancellation(issuer: Issuer) -> None:
    old = book(issuer, ADVISER).kept
    new = issuer.move(old.short, SLOT + timedelta(days=1), minutes=45)
    was = issuer.find(old.booking.id)
    assert (was.state, was.moved_to) == (State.MOVED, new.kept.booking.id)
    assert (new.kept.booking.minutes, new.kept.booking.place) == (45, "3.401")
    assert new.kept.booking.id != old.booking.id
    # The entry in the visitor's calendar moves along.
    assert (new.kept.entry, new.kept.entry_sequence) == (old.entry, 1)
    with pytest.raises(BookingError, match=f"was moved: give {new.kept.booking.id} instead"):
        issuer.cancel(old.booking.id)


def test_moving_to_where_nothing_is_booked_leaves_the_old_one(issuer: Issuer) -> None:
    old = book(issuer).kept
    before = issuer.store.revisions(NOW.date())
    with pytest.raises(OfficeError, match="bookings are taken"):
        issuer.move(old.booking.id, NOW + timedelta(days=100))
    assert issuer.store.of(TUESDAY) == [old]
    assert issuer.store.revisions(NOW.date()) == before


def test_nothing_is_signed_for_what_is_cancelled_or_moved(world: World, issuer: Issuer) -> None:
    cancelled, moved = book(issuer, reference="1").kept, book(issuer, reference="2").kept
    issuer.cancel(cancelled.booking.id)
    issuer.move(moved.booking.id, SLOT + timedelta(days=1))

    def never(claims: Claims, key: IssuerKey) -> str:
        pytest.fail(f"signed {claims} with {key.trusted.kid!r}")

    strict = replace(issuer, sign=never)
    for kept in (cancelled, moved):
        with pytest.raises(BookingError, match=r"is cancelled|was moved"):
            strict.reissue(kept.booking.id)
        with pytest.raises(BookingError, match=r"is cancelled|was moved"):
            strict.move(kept.booking.id, SLOT)
    for reference, state in (("1", State.CANCELLED), ("2", State.MOVED)):
        again = book(strict, reference=reference)
        assert (again.kept.state, again.code) == (state, None)
    assert world.now == NOW


def test_a_code_is_signed_only_while_its_booking_is_being_kept(issuer: Issuer) -> None:
    seen: list[tuple[State, bool]] = []
    old = book(issuer).kept

    def look(claims: Claims, key: IssuerKey) -> str:
        # In the transaction that keeps it: what it replaces has ended in it already.
        seen.append((issuer.find(old.booking.id).state, claims.booking.id != old.booking.id))
        return issue(claims, key)

    replace(issuer, sign=look).move(old.booking.id, SLOT + timedelta(days=1))
    assert seen == [(State.MOVED, True)]


def test_a_crash_while_signing_leaves_everything_as_it_was(world: World, issuer: Issuer) -> None:
    old = book(issuer).kept

    def cut(claims: Claims, key: IssuerKey) -> str:
        raise PowerCutError(claims.site, key)

    broken = replace(issuer, sign=cut)
    with pytest.raises(PowerCutError):
        book(broken)
    with pytest.raises(PowerCutError):
        broken.move(old.booking.id, SLOT)
    with world.store() as after:
        assert after.of(TUESDAY) == [old]


def test_a_code_that_nobody_got_is_to_be_had_again(issuer: Issuer) -> None:
    issued = book(issuer)  # and the machine stops here
    assert issuer.reissue(issued.kept.booking.id).code == issued.code
    assert issuer.reissue(issued.kept.short).new is False


def test_the_same_reference_gives_the_same_booking(issuer: Issuer) -> None:
    first, second = book(issuer, reference="web-1"), book(issuer, reference="web-1")
    assert (second.kept, second.code, second.new) == (first.kept, first.code, False)
    with pytest.raises(BookingError, match="now for another appointment"):
        book(issuer, replace(ORDER, minutes=20), reference="web-1")


def test_a_reference_is_not_to_be_read_from_the_store(world: World, issuer: Issuer) -> None:
    book(issuer, reference="customer 4711")
    issuer.store.close()
    for path in world.folder.glob("bookings.db*"):
        content = path.read_bytes()
        assert b"4711" not in content
        # Nor by hashing all numbers that there are.
        assert hashlib.blake2b(b"customer 4711", digest_size=32).digest() not in content


def test_revisions_grow_with_each_change(issuer: Issuer) -> None:
    kept = book(issuer).kept
    booked = issuer.store.revisions(NOW.date())[TUESDAY]
    book(issuer)
    more = issuer.store.revisions(NOW.date())[TUESDAY]
    assert more.booked > booked.booked
    assert more.cancelled == booked.cancelled
    issuer.cancel(kept.booking.id)
    cancelled = issuer.store.revisions(NOW.date())[TUESDAY]
    assert cancelled.booked > more.booked
    assert cancelled.cancelled > more.cancelled


def test_revisions_grow_over_the_restoring_of_an_old_backup(world: World) -> None:
    with world.store() as store:
        book(world.issuer(store))
    backup = world.office.files.store.read_bytes()
    with world.store() as store:
        for _ in range(5):
            book(world.issuer(store))
        lost = store.revisions(NOW.date())[TUESDAY].booked
    world.office.files.store.write_bytes(backup)
    world.now += timedelta(minutes=1)
    with world.store() as store:
        book(world.issuer(store))
        assert store.revisions(NOW.date())[TUESDAY].booked > lost


def test_days_that_are_over_are_forgotten(world: World, issuer: Issuer) -> None:
    book(issuer)
    world.now = SLOT + timedelta(days=world.office.files.keep_days)
    assert issuer.forget() == 0
    world.now += timedelta(days=1)
    assert issuer.forget() == 1
    assert issuer.store.revisions(NOW.date()) == {}


def test_two_short_numbers_of_a_day_are_never_the_same(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter("CCCCCCCC" * 2 + "DDDDDDDD")
    monkeypatch.setattr("central.bookings.store.secrets.choice", lambda _: next(drawn))
    assert [book(issuer).kept.short for _ in range(2)] == ["CCCCCCCC", "DDDDDDDD"]


@pytest.mark.parametrize("damage", [b"no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_store_is_one_sentence(world: World, damage: bytes) -> None:
    world.office.files.store.write_bytes(damage)
    with pytest.raises(StoreError, match="restore a backup"):
        world.store()


def test_a_store_of_a_later_release_is_left_alone(world: World, store: Store) -> None:
    store.close()
    with sqlite3.connect(world.office.files.store) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="later release"):
        world.store()


def test_the_next_key_signs_once_every_pi_knows_it(world: World, issuer: Issuer) -> None:
    ahead = timedelta(days=30)
    before, key = world.keyring.rotate(NOW, ahead, timedelta(days=400), None)
    assert (before.kid, key.trusted.sites) == (b"\x07", before.sites)
    assert key.trusted.not_before == NOW + ahead < before.not_after
    kid = {
        days: world.keyring.issuer_for(SITE, NOW + timedelta(days=days)).trusted.kid
        for days in (1, 29, 30, 32)
    }
    # Not on its first day: who comes the evening before is to be understood, too.
    assert kid == {1: b"\x07", 29: b"\x07", 30: b"\x07", 32: key.trusted.kid}
    assert book(issuer).code is not None
    with pytest.raises(KeyringError, match="follows already"):
        world.keyring.rotate(NOW, ahead, ahead, None)


def test_a_key_that_follows_late_leaves_no_day_without_one(world: World) -> None:
    late = NOW + timedelta(days=390)
    before, key = world.keyring.rotate(late, timedelta(days=60), timedelta(days=400), None)
    assert late < key.trusted.not_before < before.not_after
    very_late = NOW + timedelta(days=2000)
    _, key = world.keyring.rotate(very_late, timedelta(days=60), timedelta(days=400), None)
    assert key.trusted.not_before == very_late


def test_a_revoked_key_is_in_no_list_and_signs_nothing(world: World) -> None:
    folder = world.keyring.folder
    world.keyring.revoke(7)
    assert world.keyring.trusted() == ()
    assert not (folder / "issuer-007.key").exists()
    assert (folder / "revoked" / "issuer-007.json").exists()
    with pytest.raises(KeyringError, match="no key"):
        world.keyring.issuer_for(SITE, SLOT)
    with pytest.raises(KeyringError, match="was revoked"):
        world.keyring.new_issuer((SITE,), NOW, SLOT, 7)
    with pytest.raises(KeyringError, match="there is no key 7"):
        world.keyring.revoke(7)


def test_a_revocation_that_was_cut_off_is_finished(world: World) -> None:
    private = world.keyring.folder / "issuer-007.key"
    pem = private.read_bytes()
    world.keyring.revoke(7)
    private.write_bytes(pem)  # as if the power had gone before
    world.keyring.revoke(7)
    assert not private.exists()


def test_it_must_be_said_which_of_several_keys_is_followed(world: World) -> None:
    world.keyring.new_issuer(("OST",), NOW - timedelta(days=1), SLOT, None)
    with pytest.raises(KeyringError, match="say which with --kid"):
        world.keyring.rotate(NOW, timedelta(days=1), timedelta(days=1), None)
    before, _ = world.keyring.rotate(NOW, timedelta(days=1), timedelta(days=1), 7)
    assert before.kid == b"\x07"
