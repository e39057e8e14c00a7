"""`lobby-central issue`, `cancel`, `move`, `reissue` and `import`: bookings and their codes."""

from __future__ import annotations

import json
import secrets
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from appliance.checkin.claims import ID_BYTES, Claims
from appliance.files import write_atomically
from appliance.line.model import Booking
from central.bookings import qr
from central.bookings.importing import take_over
from central.bookings.issuer import Issuer
from central.bookings.issuing import USUAL_VALIDITY, IssueError, issue
from central.bookings.letter import Occasion
from central.bookings.mail import check_address, mail_for
from central.bookings.office_file import load
from central.bookings.orders import Order, language_of
from central.bookings.store import Store
from central.keys.keyring import Keyring
from central.texts import languages
from central.verbs.arguments import PROG, add_keys, add_office, add_verb, moment

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.bookings.issuer import Issued
    from central.bookings.office import Site
    from central.verbs.arguments import Parser, Verbs


class _Envelope(NamedTuple):
    """What a mail needs beside its content. Not kept."""

    address: str
    language: str


def add(verbs: Verbs[Parser]) -> None:
    """Add the verbs."""
    _add_issue(verbs)
    cancel = add_verb(verbs, "cancel", "cancel a booking")
    cancel.set_defaults(do=_cancel)
    move = add_verb(verbs, "move", "cancel a booking and make another one in its place")
    move.add_argument("--slot", type=moment, required=True, help="ISO time with offset")
    move.add_argument("--minutes", type=int, help="default: as before")
    move.add_argument("--service", help="default: as before")
    move.add_argument("--place", help="default: as before")
    move.set_defaults(do=_move)
    reissue = add_verb(verbs, "reissue", "sign the code of a booking once more")
    reissue.set_defaults(do=_reissue)
    for parser in (cancel, move, reissue):
        parser.add_argument("booking", metavar="BOOKING", help="its id or its short number")
        add_office(parser)
        _add_mail(parser)
    for parser in (move, reissue):
        _add_pictures(parser)
    take = add_verb(verbs, "import", "take over the bookings of a website: all of a file, or none")
    take.add_argument("file", type=Path, metavar="FILE", help="CSV, or JSON Lines (.jsonl)")
    take.add_argument("--out", type=Path, metavar="FOLDER", help="where mails go")
    take.add_argument("--again", action="store_true", help="write mails that were written before")
    add_office(take)
    take.set_defaults(do=_import)


def _add_issue(verbs: Verbs[Parser]) -> None:
    parser = add_verb(verbs, "issue", "sign the code of one booking and print it")
    parser.add_argument("--site", required=True, help="1 to 8 of A-Z, 0-9 and -")
    parser.add_argument("--slot", type=moment, required=True, help="ISO time with offset")
    parser.add_argument("--minutes", type=int, required=True, help="1 to 480")
    parser.add_argument("--service", required=True, help="1 to 6 of A-Z and 0-9")
    parser.add_argument("--place", help="adviser appointments: where; up to 10 ASCII characters")
    parser.add_argument("--expires", type=moment, help="default: 12 h after the slot")
    _add_pictures(parser)
    kept = parser.add_argument_group("kept, and told to the lobby")
    add_office(kept, required=False)
    kept.add_argument("--lobby", help="default: the only one where the service is booked")
    _add_mail(kept)
    alone = parser.add_argument_group("without --office the code is signed, and nothing kept")
    add_keys(alone)
    alone.add_argument("--id", help="24 hex digits; default: random")
    alone.add_argument("--kid", type=int, help="which key signs; default: the newest that may")
    parser.set_defaults(do=_issue)


def _add_pictures(parser: Parser) -> None:
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the QR, too")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the QR, too")


def _add_mail(parser: Parser | argparse._ArgumentGroup) -> None:
    parser.add_argument("--eml", type=Path, metavar="FILE", help="write the mail, ready to be sent")
    parser.add_argument(
        "--to",
        metavar="FILE",
        help="the file with its address, - for standard input; arguments are seen by others",
    )
    parser.add_argument("--language", help="of the mail; default: the main one of the site")


def _issue(options: argparse.Namespace) -> Iterator[str]:
    if options.office is None:
        yield _signed_only(options)
        return
    if options.id is not None or options.kid is not None:
        raise IssueError("--id and --kid are for codes that are not kept: leave --office away")
    with _issuer(options) as issuer:
        order = Order(
            options.site,
            options.lobby,
            options.slot,
            options.minutes,
            options.service,
            options.place,
            options.expires,
        )
        to = _envelope(options, issuer.office.site(order.site))
        with issuer.store.writing():
            issued = issuer.book(order)
        yield _handed_over(options, issuer, issued, Occasion.BOOKED, to)


def _signed_only(options: argparse.Namespace) -> str:
    slot: datetime = options.slot
    if options.eml or options.to:
        raise IssueError("a mail needs to know the office: give --office, too")
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
    _draw(options, text)
    return text


def _cancel(options: argparse.Namespace) -> Iterator[str]:
    with _issuer(options) as issuer:
        to = _envelope_of(options, issuer)
        issued = issuer.cancel(options.booking)
        yield _handed_over(options, issuer, issued, Occasion.CANCELLED, to)


def _move(options: argparse.Namespace) -> Iterator[str]:
    with _issuer(options) as issuer:
        to = _envelope_of(options, issuer)
        issued = issuer.move(
            options.booking,
            options.slot,
            minutes=options.minutes,
            service=options.service,
            place=options.place,
        )
        yield _handed_over(options, issuer, issued, Occasion.MOVED, to)


def _reissue(options: argparse.Namespace) -> Iterator[str]:
    with _issuer(options) as issuer:
        to = _envelope_of(options, issuer)
        issued = issuer.reissue(options.booking)
        yield _handed_over(options, issuer, issued, Occasion.AGAIN, to)


def _import(options: argparse.Namespace) -> Iterator[str]:
    with _issuer(options) as issuer:
        for taken in take_over(issuer, options.file, options.out, again=options.again):
            more = {"line": taken.row.line, "reference": taken.row.reference}
            yield _told(taken.issued, taken.mail, **more)


@contextmanager
def _issuer(options: argparse.Namespace) -> Iterator[Issuer]:
    office = load(options.office, languages=languages())
    with Store(office.files.store) as store:
        issuer = Issuer(office, store, Keyring(office.files.keys), lambda: datetime.now(UTC))
        issuer.forget()
        yield issuer


def _envelope_of(options: argparse.Namespace, issuer: Issuer) -> _Envelope | None:
    site = issuer.find(options.booking).on.site
    return _envelope(options, issuer.office.site(site))


def _envelope(options: argparse.Namespace, site: Site | None) -> _Envelope | None:
    """Read what a mail needs, before anything is done: afterwards is too late to refuse."""
    if (options.eml is None) != (options.to is None):
        raise IssueError("a mail needs both, --eml and --to")
    if options.eml is None or site is None:
        return None
    try:
        text = sys.stdin.readline() if options.to == "-" else Path(options.to).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise IssueError(f"cannot read an address from '{options.to}'") from error
    return _Envelope(check_address(text.strip()), language_of(options.language, site))


def _handed_over(
    options: argparse.Namespace,
    issuer: Issuer,
    issued: Issued,
    occasion: Occasion,
    to: _Envelope | None,
) -> str:
    kept, code = issued.kept, issued.code
    try:
        if code is not None:
            _draw(options, code)
        if to is not None:
            content = mail_for(
                kept, issuer.office, to.address, to.language, occasion, code, now=issuer.now()
            )
            _write(options.eml, content, 0o600)
            issuer.store.hand_over(kept.booking.id)
    except IssueError as error:
        again = "reissue" if code is not None else "cancel"
        raise IssueError(
            f"booking {kept.booking.id} is {kept.state}, but {error}: mend that, then"
            f" `{PROG} {again} {kept.booking.id}`"
        ) from error
    return _told(issued, options.eml)


def _told(issued: Issued, mail: Path | None, **more: object) -> str:
    kept = issued.kept
    told = {
        **more,
        "id": kept.booking.id,
        "short": kept.short,
        "site": kept.on.site,
        "lobby": kept.on.lobby,
        "slot": kept.booking.slot.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "state": kept.state.value,
        "moved_to": kept.moved_to,
        "new": issued.new,
        "code": issued.code,
        "mail": None if mail is None else str(mail),
    }
    return json.dumps(told, ensure_ascii=False)


def _draw(options: argparse.Namespace, code: str) -> None:
    if options.png:
        _write(options.png, qr.png(code))
    if options.svg:
        _write(options.svg, qr.svg(code))


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    try:
        write_atomically(path, content, mode=mode)
    except OSError as error:
        raise IssueError(f"cannot write {path}: {error.strerror}") from error
    except ValueError as error:
        raise IssueError(f"'{path}' is no name of a file") from error
