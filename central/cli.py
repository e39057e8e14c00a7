"""`lobby-central`: keys, the trust list, and codes. Every wrong input is one sentence.

Exit codes: 0 done, 1 not done, 2 wrong use.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from appliance.checkin.claims import ID_BYTES, Claims, ClaimsError
from appliance.files import write_atomically
from appliance.line.model import Booking
from central import qr
from central.issuing import USUAL_VALIDITY, IssueError, issue
from central.keyring import Keyring, KeyringError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROG = "lobby-central"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.do(options)
    except (ClaimsError, IssueError, KeyringError) as error:
        return _complain(str(error))
    except OverflowError:
        return _complain("a time is too far away: allowed are the years 2020 to 2099")
    return 0


def _new_root(options: argparse.Namespace) -> None:
    keyring = Keyring(options.keys)
    keyring.new_root()
    _say(f"made the root key; put {keyring.root_path} on every Pi, keep the rest of it offline")


def _new_issuer(options: argparse.Namespace) -> None:
    begin = (options.begin or datetime.now(UTC)).replace(microsecond=0)
    end = begin + timedelta(days=options.days)
    key = Keyring(options.keys).new_issuer(tuple(options.site), begin, end, options.kid)
    _say(f"made key {key.trusted.kid[0]}; sign a new list with `{_PROG} keys trust`")


def _sign_trust(options: argparse.Namespace) -> None:
    keyring = Keyring(options.keys)
    trust = keyring.sign_trust(datetime.now(UTC))
    _say(f"signed {keyring.trust_path}: sequence {trust.sequence}, {len(trust.keys)} keys")


def _list_keys(options: argparse.Namespace) -> None:
    for key in Keyring(options.keys).trusted():
        begin, end = (f"{at:%Y-%m-%d %H:%M}" for at in (key.not_before, key.not_after))
        _say(f"{key.kid[0]:3}  {begin} to {end} UTC  {' '.join(key.sites)}")


def _issue(options: argparse.Namespace) -> None:
    slot: datetime = options.slot
    booking = Booking(
        id=options.id or secrets.token_hex(ID_BYTES),
        slot=slot,
        minutes=options.minutes,
        service=options.service,
        place=options.place,
    )
    claims = Claims(options.site, options.expires or slot + USUAL_VALIDITY, booking)
    keyring = Keyring(options.keys)
    if options.kid is None:
        key = keyring.issuer_for(claims.site, slot)
    else:
        key = keyring.issuer(options.kid)
    text = issue(claims, key)
    if options.png:
        _draw(options.png, qr.png(text))
    if options.svg:
        _draw(options.svg, qr.svg(text))
    _say(text)


def _draw(path: Path, picture: bytes) -> None:
    try:
        write_atomically(path, picture)
    except OSError as error:
        raise IssueError(f"cannot write {path}: {error.strerror}") from error
    except ValueError as error:
        raise IssueError(f"'{path}' is no name of a file") from error


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_PROG, description="Keys and codes for lobby appliances.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    keys = verbs.add_parser("keys", help="make keys, sign the trust list")
    _add_key_verbs(keys.add_subparsers(required=True, metavar="VERB"))
    _add_issue(verbs)
    return parser


def _add_key_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    new = verbs.add_parser("new", help="make a key").add_subparsers(required=True, metavar="KIND")
    root = _verb(new, "root", "make the root key, which signs trust lists")
    root.set_defaults(do=_new_root)
    issuer = _verb(new, "issuer", "make a key that signs codes")
    issuer.add_argument("--site", action="append", required=True, help="repeat for several")
    issuer.add_argument("--kid", type=int, help="0 to 255; default: the smallest that is free")
    issuer.add_argument("--begin", type=_moment, help="ISO time with offset; default: now")
    issuer.add_argument("--days", type=_days, default=400, help="how long it counts (default: 400)")
    issuer.set_defaults(do=_new_issuer)
    trust = _verb(verbs, "trust", "sign a new trust list of all keys")
    trust.set_defaults(do=_sign_trust)
    listing = _verb(verbs, "list", "show the keys that the next trust list will hold")
    listing.set_defaults(do=_list_keys)


def _add_issue(verbs: argparse._SubParsersAction[_Parser]) -> None:
    parser = _verb(verbs, "issue", "sign the code of one booking and print it")
    parser.add_argument("--site", required=True, help="1 to 8 of A-Z, 0-9 and -")
    parser.add_argument("--slot", type=_moment, required=True, help="ISO time with offset")
    parser.add_argument("--minutes", type=int, required=True, help="1 to 480")
    parser.add_argument("--service", required=True, help="1 to 6 of A-Z and 0-9")
    parser.add_argument("--place", help="adviser appointments: where; up to 10 ASCII characters")
    parser.add_argument("--id", help="24 hex digits; default: random")
    parser.add_argument("--expires", type=_moment, help="default: 12 h after the slot")
    parser.add_argument("--kid", type=int, help="which key signs; default: the newest that may")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the QR, too")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the QR, too")
    parser.set_defaults(do=_issue)


def _verb(verbs: argparse._SubParsersAction[_Parser], name: str, what: str) -> _Parser:
    parser = verbs.add_parser(name, help=what, description=what)
    parser.add_argument(
        "--keys", type=Path, default=Path("keys"), metavar="FOLDER", help="default: ./keys"
    )
    return parser


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or moment.microsecond:
        raise argparse.ArgumentTypeError(f"'{text}' is no time such as 2026-03-02T08:00:00+01:00")
    return moment


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3660:  # noqa: PLR2004  (ten years)
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days from 1 to 3660")
    return int(text)


def _complain(sentence: str) -> int:
    print(f"{_PROG}: {sentence}", file=sys.stderr)
    return 1


def _say(sentence: str) -> None:
    print(sentence)


if __name__ == "__main__":
    sys.exit(main())
