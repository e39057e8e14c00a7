"""`lobby-central ca` and `lobby-central acl`: who may connect, and what for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.files import write_atomically
from central.access import rights
from central.access.authority import RENEW, Authority, Issued
from central.access.authority_files import AuthorityError
from central.access.certificates import days_left
from central.access.inventory_file import load
from central.verbs.arguments import PROG, add_verb

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs


def add(verbs: Verbs[Parser]) -> None:
    """Add `ca` and what belongs to it, and `acl`."""
    ca = verbs.add_parser("ca", help="the office's own certificates: signed, revoked")
    of_ca = ca.add_subparsers(required=True, metavar="VERB")
    new = add_verb(of_ca, "new", "make the authority that signs certificates, for 10 years")
    new.add_argument("--name", required=True, help="of the office, as browsers show it")
    new.set_defaults(do=_new)
    sign = add_verb(of_ca, "sign", "sign a device's request for a certificate, for a year")
    sign.add_argument("request", type=Path, metavar="REQUEST", help="PEM, made where the key is")
    _add_inventory(sign)
    sign.add_argument("--out", type=Path, metavar="FILE", help="default: the request's name, .pem")
    sign.set_defaults(do=_sign)
    revoke = add_verb(of_ca, "revoke", "let the certificates of a name count no more")
    revoke.add_argument("name", metavar="NAME", help="of a device, or another that `list` shows")
    revoke.add_argument("--serial", help="only the one with this number")
    revoke.set_defaults(do=_revoke)
    listing = add_verb(of_ca, "list", "show all certificates, and which end soon")
    listing.set_defaults(do=_list)
    for parser in (new, sign, revoke, listing):
        parser.add_argument(
            "--ca", type=Path, default=Path("ca"), metavar="FOLDER", help="default: ./ca"
        )
    acl = add_verb(verbs, "acl", "write access lists, logins and settings for all brokers")
    _add_inventory(acl)
    acl.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to write")
    acl.set_defaults(do=_acl)


def _add_inventory(parser: Parser) -> None:
    parser.add_argument(
        "--inventory", type=Path, required=True, metavar="FILE", help="what there is (TOML)"
    )


def _new(options: argparse.Namespace) -> Iterator[str]:
    authority = Authority(options.ca)
    made = authority.create(options.name, datetime.now(UTC))
    yield f"made the authority in {options.ca}; it ends on {made.not_valid_after_utc:%Y-%m-%d}"
    yield (
        f"put {authority.path} on every Pi, and with {authority.revocations_path} on every broker;"
        f" keep {options.ca / 'ca.key'} to yourself"
    )


def _sign(options: argparse.Namespace) -> Iterator[str]:
    out = options.out or options.request.with_suffix(".pem")
    if out == options.request:
        raise AuthorityError(f"{out} is the request: say with --out where the certificate goes")
    holders, asked = load(options.inventory).holders, _read(options.request)
    issued = Authority(options.ca).sign(asked, holders, datetime.now(UTC))
    try:
        write_atomically(out, issued.path.read_bytes())
    except OSError as error:
        raise AuthorityError(f"cannot write {out}: {error.strerror}") from error
    end = issued.certificate.not_valid_after_utc
    yield f"{out}: certificate {issued.serial} of {issued.name}, until {end:%Y-%m-%d}"


def _revoke(options: argparse.Namespace) -> Iterator[str]:
    authority = Authority(options.ca)
    for issued in authority.revoke(options.name, datetime.now(UTC), options.serial):
        yield f"revoked certificate {issued.serial} of {issued.name}"
    yield (
        f"put {authority.revocations_path} on the brokers and restart mosquitto there: a reload"
        " keeps out who comes anew, and leaves who is connected"
    )


def _list(options: argparse.Namespace) -> Iterator[str]:
    authority, now = Authority(options.ca), datetime.now(UTC)
    followed = {
        each.name
        for each in authority.issued()
        if each.revoked is None and days_left(each.certificate, now) > RENEW.days
    }
    for issued in authority.issued():
        state = _state(issued, now, followed=issued.name in followed)
        end = issued.certificate.not_valid_after_utc
        yield f"{issued.name:32}  until {end:%Y-%m-%d}  {state:40}  {issued.serial}"
    left = days_left(authority.certificate(), now)
    yield f"the authority itself counts for {left} days"


def _state(issued: Issued, now: datetime, *, followed: bool) -> str:
    left = days_left(issued.certificate, now)
    if issued.revoked is not None:
        return f"revoked on {issued.revoked:%Y-%m-%d}"
    if left < 0:
        return "over"
    if left <= RENEW.days:
        return f"ends in {left} days" + ("" if followed else ": renew it")
    return f"counts for {left} days"


def _acl(options: argparse.Namespace) -> Iterator[str]:
    files = rights.files_of(load(options.inventory))
    written = list(rights.write(files, options.out))
    yield from (f"wrote {options.out / name}" for name in written)
    if not written:
        yield f"{options.out} is as the inventory says: nothing to write"
    for name in rights.left_over(files, options.out):
        yield f"{options.out / name} is not in the inventory any more: remove it"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AuthorityError(
            f"cannot read {path}: {error.strerror}; see `{PROG} ca sign --help`"
        ) from error
