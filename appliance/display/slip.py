"""The slip, set: what a person takes in the hand and reads while walking on.

The number comes first and is read from two metres; then why it is called when it is called; then
where to go and how long it will take. What only staff ever need stands small at the end. Its lines
are those of the printer's own characters: 32 stand on a line of 58 mm paper, 42 or 48 on 80 mm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from appliance.display.slip_sheet import Compositor, Sheet

if TYPE_CHECKING:
    from appliance import paper
    from appliance.strings import Texts

_LARGE: Final = 2


@dataclass(frozen=True, slots=True)
class TicketSlip:
    """What the slip of a ticket says.

    Args:
        office: Name of the office.
        lobby: Name of the lobby.
        number: The ticket's number.
        service: What the person came for, in plain words.
        where: Where to wait: a sentence.
        taken: When the number was taken, in the site's time zone; other times are told in it too.
        device: Which device gave out the number.
        check: Check code, by which staff see that this device did.
        right_of_way: It is called before those without an appointment.
        slot: Start of the appointment; None for a walk-in.
        counts_from: For whoever came early: when the right of way begins.
        ahead: How many people will be called before; None: unknown.
        wait_min: Range of the expected wait in minutes; None: no forecast or, with right of way,
            nothing to say.
        follow: Address of the page that follows this number; None: there is none.
        copy: The slip was, or may have been, printed before.
    """

    office: str
    lobby: str
    number: str
    service: str
    where: str
    taken: datetime
    device: str
    check: str
    right_of_way: bool = False
    slot: datetime | None = None
    counts_from: datetime | None = None
    ahead: int | None = None
    wait_min: tuple[int, int] | None = None
    follow: str | None = None
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Directions:
    """What a slip says that sends a person elsewhere and has no number.

    Args:
        office: Name of the office.
        title: What it is about: an appointment with an adviser, a service that is done elsewhere.
        lines: What to do: a sentence each.
        printed: When, in the site's time zone.
        device: Which device printed it.
        place: A room, as large as a number; None: the lines say where.
        phone: A number to call.
        page: Address of a page that helps, also as a QR code.
    """

    office: str
    title: str
    lines: tuple[str, ...]
    printed: datetime
    device: str
    place: str | None = None
    phone: str | None = None
    page: str | None = None


def set_slip(
    slip: TicketSlip, texts: Texts, compositor: Compositor, *, large: bool = False
) -> paper.Slip:
    """Set the slip of a ticket.

    Args:
        slip: What it says.
        texts: In which language.
        compositor: Who sets it.
        large: For people who do not see well: what they need to know twice as large, the number as
            large as ever.
    """
    sheet = Sheet(compositor.columns)
    size = _LARGE if large else 1
    if slip.copy:
        sheet.band(texts("slip.copy"))
        sheet.gap()
        sheet.center(texts("slip.copy_note"))
        sheet.gap()
    sheet.center(slip.office, bold=True)
    sheet.center(slip.lobby)
    sheet.gap()
    sheet.center(texts("slip.your_number"), size=size)
    sheet.large(slip.number)
    _set_order(sheet, slip, texts, size)
    sheet.rule()
    if large:
        for label, value in _wait_facts(slip, texts):
            fact = f"{label}: {value}"
            fits = len(fact) * size <= compositor.columns
            sheet.center(fact if fits else f"{label}:\n{value}", size=size)
    else:
        sheet.table((texts("slip.service"), slip.service), *_wait_facts(slip, texts))
    sheet.rule()
    sheet.center(slip.where, size=size, bold=True)
    sheet.center(texts("slip.board"), size=size)
    if slip.follow:
        sheet.gap()
        sheet.qr(slip.follow, texts("slip.follow"))
    sheet.gap()
    sheet.center(texts("slip.printed", at=slip.taken))
    sheet.facts(texts("slip.device", device=slip.device), texts("slip.check", check=slip.check))
    sheet.center(texts("slip.privacy"))
    return compositor.set(sheet.cut())


def set_directions(
    slip: Directions, texts: Texts, compositor: Compositor, *, large: bool = False
) -> paper.Slip:
    """Set a slip that sends a person elsewhere; arguments as for `set_slip`."""
    sheet = Sheet(compositor.columns)
    size = _LARGE if large else 1
    sheet.center(slip.office, bold=True)
    sheet.gap()
    sheet.center(slip.title, size=_LARGE, bold=True)
    if slip.place:
        sheet.gap()
        sheet.center(texts("slip.room"), size=size)
        sheet.large(slip.place)
    for line in slip.lines:
        sheet.gap()
        sheet.center(line, size=size)
    if slip.phone:
        sheet.gap()
        sheet.center(texts("slip.phone"), size=size)
        sheet.center(slip.phone, size=_LARGE, bold=True)
    if slip.page:
        sheet.gap()
        sheet.qr(slip.page, texts("slip.link"))
        sheet.gap()
        # For whoever has no phone at hand, and types it at home.
        address = slip.page.partition("://")[2] or slip.page
        sheet.center(_broken(address, compositor.columns))
    sheet.gap()
    sheet.facts(texts("slip.printed", at=slip.printed), texts("slip.device", device=slip.device))
    return compositor.set(sheet.cut())


def _broken(address: str, columns: int) -> str:
    """Break an address that is too long for the paper, where nobody takes it for a hyphen."""
    if len(address) <= columns:
        return address
    ends = [match.end() for match in re.finditer(r"[./?&=]", address[:columns])]
    end = min(ends, key=lambda end: abs(2 * end - len(address)), default=columns)
    return f"{address[:end]}\n{_broken(address[end:], columns)}"


def _set_order(sheet: Sheet, slip: TicketSlip, texts: Texts, size: int) -> None:
    """Say why this number is called when it is called."""
    zone = slip.taken.tzinfo
    if slip.slot is None:
        sheet.center(texts("slip.walk_in", taken=slip.taken), size=size)
        return
    slot = slip.slot.astimezone(zone)
    if slip.counts_from:
        sheet.band(texts("slip.appointment", slot=slot))
        sheet.gap()
        counts_from = slip.counts_from.astimezone(zone)
        sheet.center(texts("slip.early", counts_from=counts_from), size=size, bold=True)
    elif slip.right_of_way:
        sheet.band(texts("slip.appointment", slot=slot))
        sheet.gap()
        sheet.center(texts("slip.right_of_way"), size=size, bold=True)
    else:
        sheet.center(texts("slip.late", slot=slot), size=size)


def _ahead(people: int | None, texts: Texts) -> str:
    match people:
        case None:
            return texts("slip.ahead_unknown")
        case 0:
            return texts("slip.ahead_none")
        case 1:
            return texts("slip.ahead_one")
        case _:
            return texts("slip.ahead_many", count=people)


def _wait_facts(slip: TicketSlip, texts: Texts) -> list[tuple[str, str]]:
    facts = [(texts("slip.ahead"), _ahead(slip.ahead, texts))]
    # Who has an appointment waits for its time, not for the line.
    if slip.wait_min is not None or not slip.right_of_way:
        facts.append((texts("slip.wait"), _wait(slip.wait_min, texts)))
    return facts


def _wait(minutes: tuple[int, int] | None, texts: Texts) -> str:
    if minutes is None:
        return texts("slip.wait_unknown")
    low, high = minutes
    # Never a bare point: "10 to 10 minutes" would promise more than anyone knows.
    return texts("slip.wait_range" if 0 < low < high else "slip.wait_up_to", low=low, high=high)
