"""Takes over a file of bookings: all of its rows, or none.

Everything is looked at, signed and kept in one transaction; mails are written when that is on the
disk. Whatever stops it, the same file may be imported again: a row with a reference gives the same
booking, and a mail that was not written yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from appliance.checkin.claims import ClaimsError
from appliance.files import write_atomically
from central.bookings.handover import HandoverError, read_rows
from central.bookings.issuer import BookingError
from central.bookings.issuing import IssueError
from central.bookings.letter import Occasion
from central.bookings.mail import mail_for
from central.bookings.office import OfficeError
from central.bookings.orders import language_of
from central.keys.key_files import KeyringError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from central.bookings.handover import Row
    from central.bookings.issuer import Issued, Issuer


class Taken(NamedTuple):
    """A row that was taken over, its booking, and its mail; None: there is none to be sent."""

    row: Row
    issued: Issued
    mail: Path | None


def take_over(
    issuer: Issuer, path: Path, out: Path | None, *, again: bool = False
) -> Iterator[Taken]:
    """Import a file of bookings.

    Args:
        issuer: Makes the bookings.
        path: The file.
        out: Folder for the mails; it is made where there is none.
        again: Write the mails of bookings, too, that have theirs: their codes are new.

    Raises:
        HandoverError: Nothing was imported; it says everything that is wrong.
        MailFolderError: All is imported, and a mail cannot be written.
        StoreError: Nothing was imported, as the bookings cannot be kept.
    """
    rows = read_rows(path)
    if out is None and any(row.email for row in rows):
        raise HandoverError(path, [(0, "it has e-mail addresses: say where mails go with --out")])
    for row, issued, language in _book(issuer, path, rows):
        mail = None
        wanted = again or not issued.kept.handed_over
        if out is not None and row.email and issued.code is not None and wanted:
            occasion = Occasion.AGAIN if issued.kept.handed_over else Occasion.BOOKED
            content = mail_for(
                issued.kept,
                issuer.office,
                row.email,
                language,
                occasion,
                issued.code,
                now=issuer.now(),
            )
            mail = out / f"{issued.kept.booking.id}.eml"
            _write(mail, content)
            issuer.store.hand_over(issued.kept.booking.id)
        yield Taken(row, issued, mail)


class MailFolderError(OSError):
    """A mail cannot be written; the sentence says where and what to do."""


def _book(issuer: Issuer, path: Path, rows: Sequence[Row]) -> list[tuple[Row, Issued, str]]:
    taken, mistakes = [], []
    with issuer.store.writing():
        for row in rows:
            try:
                issued = issuer.book(row.order, row.reference)
                site = issuer.office.site_of(row.order.site)
                taken.append((row, issued, language_of(row.language, site)))
            except (BookingError, ClaimsError, IssueError, KeyringError, OfficeError) as error:
                mistakes.append((row.line, str(error)))
        if mistakes:
            raise HandoverError(path, mistakes)
    return taken


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A code is a bearer token, and there is an address in it.
        write_atomically(path, content, mode=0o600)
    except OSError as error:
        raise MailFolderError(
            f"all bookings are kept, and {path} cannot be written ({error.strerror}): mend that,"
            " then import the same file again"
        ) from error
