"""`lobby-central keys`: made, followed, revoked, and signed for by the root."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from central.keys.keyring import Keyring
from central.verbs.arguments import PROG, add_keys, add_verb, days, moment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs


def add(verbs: Verbs[Parser]) -> None:
    """Add `keys` and what belongs to it."""
    keys = verbs.add_parser("keys", help="make and revoke keys, sign the trust list")
    of_keys = keys.add_subparsers(required=True, metavar="VERB")
    new = of_keys.add_parser("new", help="make a key").add_subparsers(required=True, metavar="KIND")
    root = add_verb(new, "root", "make the root key, which signs trust lists")
    root.set_defaults(do=_new_root)
    issuer = add_verb(new, "issuer", "make a key that signs codes")
    issuer.add_argument("--site", action="append", required=True, help="repeat for several")
    issuer.add_argument("--kid", type=int, help="0 to 255; default: the smallest that is free")
    issuer.add_argument("--begin", type=moment, help="ISO time with offset; default: now")
    issuer.add_argument("--days", type=days, default=400, help="how long it counts (default: 400)")
    issuer.set_defaults(do=_new_issuer)
    rotate = add_verb(of_keys, "rotate", "make the next key for the same sites")
    rotate.add_argument("--kid", type=int, help="which key it follows; default: the newest")
    rotate.add_argument(
        "--ahead-days",
        type=days,
        default=60,
        metavar="DAYS",
        help="it begins after these: as far ahead as bookings are made (default: 60)",
    )
    rotate.add_argument("--days", type=days, default=400, help="how long it counts (default: 400)")
    rotate.set_defaults(do=_rotate)
    revoke = add_verb(of_keys, "revoke", "trust a key no more, and destroy its private half")
    revoke.add_argument("kid", type=int, metavar="KID")
    revoke.set_defaults(do=_revoke)
    trust = add_verb(of_keys, "trust", "sign a new trust list of all keys")
    trust.set_defaults(do=_sign_trust)
    listing = add_verb(of_keys, "list", "show the keys that the next trust list will hold")
    listing.set_defaults(do=_list_keys)
    for parser in (root, issuer, rotate, revoke, trust, listing):
        add_keys(parser)


def _new_root(options: argparse.Namespace) -> Iterator[str]:
    keyring = Keyring(options.keys)
    keyring.new_root()
    yield f"made the root key; put {keyring.root_path} on every Pi, keep the rest of it offline"


def _new_issuer(options: argparse.Namespace) -> Iterator[str]:
    begin = (options.begin or datetime.now(UTC)).replace(microsecond=0)
    end = begin + timedelta(days=options.days)
    key = Keyring(options.keys).new_issuer(tuple(options.site), begin, end, options.kid)
    yield f"made key {key.trusted.kid[0]}; sign a new list with `{PROG} keys trust`"


def _rotate(options: argparse.Namespace) -> Iterator[str]:
    now, ahead = datetime.now(UTC), timedelta(days=options.ahead_days)
    lasts = timedelta(days=options.days)
    before, key = Keyring(options.keys).rotate(now, ahead, lasts, options.kid)
    begin, end = key.trusted.not_before, key.trusted.not_after
    yield (
        f"made key {key.trusted.kid[0]} after key {before.kid[0]}, for {' '.join(before.sites)}:"
        f" it counts from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    )
    if begin < now + ahead - timedelta(minutes=1):
        yield (
            f"that is sooner than {options.ahead_days} days, as key {before.kid[0]} ends on"
            f" {before.not_after:%Y-%m-%d}: rotate earlier next time"
        )
    yield f"sign a new list with `{PROG} keys trust`, and publish it: each Pi needs it by then"


def _revoke(options: argparse.Namespace) -> Iterator[str]:
    keyring = Keyring(options.keys)
    key = keyring.revoke(options.kid)
    yield f"key {options.kid} is revoked, and its private half destroyed"
    yield (
        f"sign a new list with `{PROG} keys trust`, and publish it: whoever has that list refuses"
        f" all codes of key {options.kid}, so they must be issued anew (`{PROG} import --again`, or"
        f" `{PROG} reissue`)"
    )
    now = datetime.now(UTC)
    others = {site for other in keyring.trusted() if other.valid_at(now) for site in other.sites}
    if missing := [site for site in key.sites if site not in others]:
        yield f"no key counts now for {' '.join(missing)}: make one with `{PROG} keys new issuer`"


def _sign_trust(options: argparse.Namespace) -> Iterator[str]:
    keyring = Keyring(options.keys)
    trust = keyring.sign_trust(datetime.now(UTC))
    yield f"signed {keyring.trust_path}: sequence {trust.sequence}, {len(trust.keys)} keys"


def _list_keys(options: argparse.Namespace) -> Iterator[str]:
    for key in Keyring(options.keys).trusted():
        begin, end = (f"{at:%Y-%m-%d %H:%M}" for at in (key.not_before, key.not_after))
        yield f"{key.kid[0]:3}  {begin} to {end} UTC  {' '.join(key.sites)}"
