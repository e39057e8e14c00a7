"""A letter as a mail that is ready to be sent (.eml): text, HTML, the code's picture, the entry.

The address goes into the header and nowhere else. It is matched against a pattern without line
ends, and the standard library refuses those in any header: nobody adds one of their own.
"""

from __future__ import annotations

import re
import secrets
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from central.bookings import qr
from central.bookings.calendar_entry import calendar_entry, method_of
from central.bookings.letter import letter_for
from central.bookings.letter_html import Picture, as_html
from central.bookings.letter_text import as_text
from central.bookings.office import ADDRESS_PATTERN

if TYPE_CHECKING:
    from datetime import datetime

    from central.bookings.kept import Kept
    from central.bookings.letter import Occasion
    from central.bookings.office import Office

_LONGEST_ADDRESS = 254
_MODULE_PX, _FINE = 6, 2
"""A module's width on the screen, and how many pixels of the picture stand for one of it."""


_POLICY = SMTP.clone(cte_type="7bit")
"""Passes through every mail server."""


class AddressError(ValueError):
    """A mail cannot be addressed so. The sentence does not hold the address."""


def check_address(address: str) -> str:
    """Give an e-mail address back.

    Raises:
        AddressError: It is none.
    """
    if len(address) > _LONGEST_ADDRESS or not re.fullmatch(ADDRESS_PATTERN, address):
        raise AddressError(
            "this is no e-mail address in ASCII; a host name with other letters is written xn--…"
        )
    return address


def mail_for(
    kept: Kept,
    office: Office,
    to: str,
    language: str,
    occasion: Occasion,
    code: str | None,
    *,
    now: datetime,
) -> bytes:
    """Write the mail of a booking.

    Args:
        kept: The booking, as it is now.
        office: Whose mail it is.
        to: Where it goes; it is not kept.
        language: One of the site's.
        occasion: Why there is a mail.
        code: The text of its code; None if it is cancelled.
        now: When it is written.

    Raises:
        AddressError: `to` is no e-mail address.
        OfficeError: The booking's site is not the office's any more.
    """
    letter = letter_for(kept, office, language, occasion, code)
    sender = office.mail.address
    host = sender.rpartition("@")[2]
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(office.mail.name, addr_spec=sender)
    message["To"] = Address(addr_spec=check_address(to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    # make_msgid() would tell the machine's name.
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{host}>"
    # Holiday notices shall not answer (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(letter))
    drawn = qr.png(code, module_px=_MODULE_PX * _FINE) if code else b""
    picture = Picture(f"{secrets.token_hex(8)}@{host}", qr.width_px(drawn) // _FINE)
    message.add_alternative(as_html(letter, picture), subtype="html")
    if drawn:
        *_, html = message.iter_parts()
        html.add_related(
            drawn,
            maintype="image",
            subtype="png",
            cid=f"<{picture.content_id}>",
            disposition="inline",
            filename="code.png",
        )
    message.add_attachment(
        calendar_entry(kept, office, language, now).decode(),
        subtype="calendar",
        filename="termin.ics" if language == "de" else "appointment.ics",
        params={"method": method_of(kept)},
    )
    message["Content-Language"] = language  # last: each content that is set clears it
    return message.as_bytes()
