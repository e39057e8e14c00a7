"""The slip, set: what a person takes in the hand and reads while walking on.

The number comes first and is read from two metres; then why it is called when it is called; then
where to go and how long it will take. What only staff ever need stands small at the end. It is set
in characters of one width, so that every printer can set it: 32 of them stand on a line of 58 mm
paper, 42 or 48 on 80 mm.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from appliance import paper

if TYPE_CHECKING:
    from appliance.strings import Texts

_CENTER: Final = paper.Align.CENTER
_FIXED_SPACE: Final = "\u00a0"
_LARGEST: Final = 8
_BAND: Final = 2
_GUTTER: Final = 2


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
        place: A room or a phone number, to stand out; None: the lines say it.
        link: A page that helps, as a QR code.
    """

    office: str
    title: str
    lines: tuple[str, ...]
    printed: datetime
    device: str
    place: str | None = None
    link: str | None = None


def set_slip(slip: TicketSlip, texts: Texts, columns: int) -> paper.Slip:
    """Set the slip of a ticket.

    Args:
        slip: What it says.
        texts: In which language.
        columns: Characters on a line.
    """
    sheet = _Sheet(columns)
    if slip.copy:
        sheet.band(texts("slip.copy"))
        sheet.gap()
        sheet.center(texts("slip.copy_note"))
        sheet.gap()
    sheet.center(slip.office, bold=True)
    sheet.center(slip.lobby)
    sheet.gap()
    sheet.center(texts("slip.your_number"))
    sheet.large(slip.number)
    _set_order(sheet, slip, texts)
    sheet.gap()
    sheet.rule()
    sheet.table(*_facts(slip, texts))
    sheet.rule()
    sheet.center(slip.where, bold=True)
    sheet.center(texts("slip.board"))
    if slip.follow:
        sheet.gap()
        sheet.qr(slip.follow, texts("slip.follow"))
    sheet.gap()
    sheet.center(texts("slip.printed", at=slip.taken))
    sheet.facts(texts("slip.device", device=slip.device), texts("slip.check", check=slip.check))
    sheet.center(texts("slip.privacy"))
    return sheet.cut()


def set_directions(slip: Directions, texts: Texts, columns: int) -> paper.Slip:
    """Set a slip that sends a person elsewhere; arguments as for `set_slip`."""
    sheet = _Sheet(columns)
    sheet.center(slip.office, bold=True)
    sheet.gap()
    sheet.center(slip.title, size=_BAND)
    if slip.place:
        sheet.large(slip.place)
    for line in slip.lines:
        sheet.gap()
        sheet.center(line)
    if slip.link:
        sheet.gap()
        sheet.qr(slip.link, texts("slip.link"))
    sheet.gap()
    sheet.facts(texts("slip.printed", at=slip.printed), texts("slip.device", device=slip.device))
    return sheet.cut()


def _set_order(sheet: _Sheet, slip: TicketSlip, texts: Texts) -> None:
    """Say why this number is called when it is called."""
    zone = slip.taken.tzinfo
    if slip.slot is None:
        sheet.center(texts("slip.walk_in", taken=slip.taken))
        return
    slot = slip.slot.astimezone(zone)
    if slip.counts_from:
        sheet.band(texts("slip.appointment", slot=slot))
        sheet.gap()
        counts_from = slip.counts_from.astimezone(zone)
        sheet.center(texts("slip.early", counts_from=counts_from), bold=True)
    elif slip.right_of_way:
        sheet.band(texts("slip.appointment", slot=slot))
        sheet.gap()
        sheet.center(texts("slip.right_of_way"), bold=True)
    else:
        sheet.center(texts("slip.late", slot=slot))


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


def _facts(slip: TicketSlip, texts: Texts) -> list[tuple[str, str]]:
    facts = [
        (texts("slip.service"), slip.service),
        (texts("slip.ahead"), _ahead(slip.ahead, texts)),
    ]
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


class _Sheet:
    """A slip in the making; it wraps words for lines of `columns` characters."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._elements: list[paper.Element] = []

    def center(self, text: str, *, size: int = 1, bold: bool = False) -> None:
        for line in _balanced(text, self._columns // size):
            self._elements.append(paper.Text(line, size=size, bold=bold, align=_CENTER))

    def large(self, text: str) -> None:
        """As large as fits."""
        size = max(1, min(_LARGEST, self._columns // len(text)))
        self.center(text, size=size)

    def band(self, text: str) -> None:
        """White on black, from edge to edge."""
        width = self._columns // _BAND
        for line in _wrapped(text, width - 2):
            band = line.center(width)
            self._elements.append(paper.Text(band, size=_BAND, bold=True, invert=True))

    def table(self, *rows: tuple[str, str]) -> None:
        """Labels, and the values beside them; as a whole it stands in the middle."""
        label = max(len(label) for label, _ in rows) + _GUTTER
        cells = [(name, _wrapped(value, self._columns - label)) for name, value in rows]
        width = label + max(len(line) for _, lines in cells for line in lines)
        indent = " " * ((self._columns - width) // 2)
        for name, lines in cells:
            for beside, line in zip_longest([name], lines, fillvalue=""):
                self._elements.append(paper.Text(f"{indent}{beside:<{label}}{line}"))

    def facts(self, *facts: str) -> None:
        """Small things side by side, or below each other where the paper is narrow."""
        line = " · ".join(facts)
        for text in [line] if len(line) <= self._columns else facts:
            self.center(text)

    def rule(self) -> None:
        self._elements.append(paper.Rule())

    def gap(self) -> None:
        self._elements.append(paper.Feed())

    def qr(self, data: str, caption: str) -> None:
        self.center(caption)
        # Printers draw no quiet zone: it is the white above and below.
        self.gap()
        self._elements.append(paper.Qr(data))

    def cut(self) -> paper.Slip:
        return (*self._elements, paper.Feed(), paper.Cut())


def _wrapped(text: str, width: int) -> list[str]:
    """Break into lines where the text does, and between words where a line is full."""
    parts = [textwrap.wrap(part, width) for part in text.splitlines()]
    return [line.replace(_FIXED_SPACE, " ") for part in parts for line in part] or [""]


def _balanced(text: str, width: int) -> list[str]:
    """The same, in lines of about equal length: nobody's last word stands alone."""
    lines = _wrapped(text, width)
    if len(lines) == len(text.splitlines()):
        return lines
    narrowest = max(1, len(text) // len(lines))
    narrower = (_wrapped(text, width) for width in range(narrowest, width))
    return next((other for other in narrower if len(other) == len(lines)), lines)
