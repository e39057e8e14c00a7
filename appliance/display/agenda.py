"""The agenda, set: the day's appointments as staff have them beside them, on paper or a terminal.

It is looked at between two visitors, so the hours stand out, equal appointments share a line, and
an hour that is over is not printed once more: 66 appointments take 36 cm of an 80 mm roll
(measured). It names nobody. A short number lets its bearer check in, so on paper there is none.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from appliance import paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from appliance.strings import Texts

_CENTER: Final = paper.Align.CENTER
_FIXED_SPACE: Final = "\u00a0"
_TITLE: Final = 2
_TERMINAL: Final = 72


class Change(Enum):
    """What became of an appointment since the agenda was printed before."""

    NEW = "new"
    CANCELLED = "cancelled"


_MARKS: Final[Mapping[Change, str]] = {
    Change.NEW: "agenda.new",
    Change.CANCELLED: "agenda.cancelled",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment.

    Args:
        begins: In the site's time zone.
        minutes: Its planned length.
        service: In plain words.
        place: For adviser appointments, where to go.
        short: Its short number; None: it has none, or it shall not be told.
        change: What became of it since the print before; None: nothing.
    """

    begins: datetime
    minutes: int
    service: str
    place: str | None = None
    short: str | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on every agenda of a lobby.

    Args:
        office: Name of the office.
        lobby: Name of the lobby.
        device: Which device tells it.
    """

    office: str
    lobby: str
    device: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """The appointments of a day.

    Args:
        head: Whose.
        day: The site's day.
        told: When this is told; like all times here in the site's time zone.
        entries: By their slots, those that were cancelled since the print before among them.
        as_of: When the issuer wrote the list.
        version: Of the list and its cancellations, such as `12.3`.
        begins: Those before this hour are over, and left out; None: it is the whole day.
        before: When the sheet was printed that this one replaces; None: there is none.
    """

    head: Head
    day: date
    told: datetime
    entries: tuple[Entry, ...]
    as_of: datetime | None
    version: str
    begins: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoList:
    """No list of the day has come: there may be appointments, or none. Arguments as above."""

    head: Head
    day: date
    told: datetime


def set_agenda(agenda: Agenda | NoList, texts: Texts, columns: int) -> paper.Slip:
    """Set the agenda for a printer.

    Args:
        agenda: What it says.
        texts: In which language.
        columns: Characters on a line, 24 at least.
    """
    elements = [*_title(agenda, texts, columns)]
    if isinstance(agenda, NoList):
        elements += _no_list(texts, columns)
    else:
        elements += [*_news(agenda, texts, columns), *_body(agenda, texts, columns)]
    printed = texts("slip.printed", at=agenda.told)
    device = texts("slip.device", device=agenda.head.device)
    elements += [paper.Rule(), *_centered(printed, columns), *_centered(device, columns)]
    return (*elements, paper.Feed(), paper.Cut())


def agenda_text(agenda: Agenda, texts: Texts) -> str:
    """Give the agenda for a terminal, with the short numbers that it has."""
    whose = f"{agenda.head.office}, {agenda.head.lobby}"
    body = [_terminal(element) for element in _body(agenda, texts, _TERMINAL)]
    return _plain("\n".join([whose, _day(agenda, texts), _state(agenda, texts), *body])) + "\n"


def _terminal(element: paper.Element) -> str:
    match element:
        case paper.Text(text, invert=True):
            return f"\n{text[1:].rstrip()}"
        case paper.Text(text):
            return text.rstrip()
        case _:
            return ""


def _title(agenda: Agenda | NoList, texts: Texts, columns: int) -> Iterator[paper.Element]:
    yield from _centered(agenda.head.office, columns, bold=True)
    yield from _centered(agenda.head.lobby, columns)
    yield paper.Feed()
    yield from _centered(texts("agenda.heading"), columns, bold=True)
    yield from _centered(_day(agenda, texts), columns, size=_TITLE)


def _day(agenda: Agenda | NoList, texts: Texts) -> str:
    weekday = texts(f"board.weekday_{agenda.day.isoweekday()}")
    return texts("agenda.day", weekday=weekday, day=agenda.day)


def _state(agenda: Agenda, texts: Texts) -> str:
    """Say which list this is, and how fresh."""
    version = texts("agenda.version", version=agenda.version)
    if agenda.as_of is None:
        return version
    key = "agenda.as_of" if agenda.as_of.date() == agenda.told.date() else "agenda.as_of_day"
    return f"{texts(key, as_of=agenda.as_of)} · {version}"


def _no_list(texts: Texts, columns: int) -> Iterator[paper.Element]:
    yield paper.Feed()
    yield from _centered(texts("agenda.no_list"), columns, bold=True)
    yield from _centered(texts("agenda.no_list_why"), columns)
    yield from _centered(texts("agenda.no_list_then"), columns)


def _news(agenda: Agenda, texts: Texts, columns: int) -> Iterator[paper.Element]:
    """Say how fresh the list is, and on a further sheet what it is for."""
    yield from _centered(_state(agenda, texts), columns)
    if agenda.before is None:
        return
    count = Counter(entry.change for entry in agenda.entries)
    new, cancelled = count[Change.NEW], count[Change.CANCELLED]
    yield paper.Feed()
    yield from _centered(texts("agenda.instead", before=agenda.before), columns, bold=True)
    yield from _centered(texts("agenda.changed", new=new, cancelled=cancelled), columns, bold=True)


def _body(agenda: Agenda, texts: Texts, columns: int) -> Iterator[paper.Element]:
    here = [entry for entry in agenda.entries if entry.place is None]
    rooms = [entry for entry in agenda.entries if entry.place is not None]
    yield paper.Feed()
    if not agenda.entries:
        yield from _centered(texts("agenda.nothing"), columns, bold=True)
        return
    yield from _totals(agenda, here, rooms, texts, columns)
    yield paper.Feed()
    names = texts("agenda.begins"), texts("agenda.minutes"), texts("agenda.service")
    yield paper.Text(_cells(*names))
    for hour, entries in groupby(here, lambda entry: entry.begins.hour):
        of_hour = list(entries)
        yield _bar(texts("agenda.hour", hour=hour), of_hour, texts, columns)
        yield from _rows(of_hour, texts, columns)
    if rooms:
        yield _bar(texts("agenda.rooms"), rooms, texts, columns)
        yield from _rows(rooms, texts, columns)


def _totals(
    agenda: Agenda, here: Sequence[Entry], rooms: Sequence[Entry], texts: Texts, columns: int
) -> Iterator[paper.Element]:
    """Say how many there are in all, and for what they come."""
    count = _count(agenda.entries, texts)
    if agenda.begins is not None:
        hour = texts("agenda.hour", hour=agenda.begins.hour)
        count = texts("agenda.from", hour=hour, count=count)
    yield paper.Text(_plain(count), bold=True)
    services = Counter(entry.service for entry in here if entry.change is not Change.CANCELLED)
    totals = [*services.most_common(), (texts("agenda.rooms"), _kept(rooms))]
    for what, number in totals:
        if number:
            lead = f"{number:>5} "
            for line in _wrapped(what, columns - len(lead)):
                yield paper.Text(f"{lead}{line}")
                lead = " " * len(lead)


def _rows(entries: Iterable[Entry], texts: Texts, columns: int) -> Iterator[paper.Element]:
    """Set appointments: those that read the same share a line.

    A time stands there once, and at each that changed: who looks for these reads nothing else.
    """
    for begins, of_slot in groupby(entries, lambda entry: entry.begins):
        said = False
        for entry, same in groupby(of_slot):
            changed = entry.change is not None
            clock = "" if said and not changed else f"{begins:%H:%M}"
            lead = _cells(clock, str(entry.minutes), "")
            for line in _wrapped(_said(entry, len(list(same)), texts), columns - len(lead)):
                yield paper.Text(f"{lead}{line}", bold=changed)
                lead = " " * len(lead)
            said = True


def _said(entry: Entry, number: int, texts: Texts) -> str:
    what = entry.service
    if entry.short is not None:
        what = f"{entry.short}  {what}"
    if entry.place is not None:
        what = texts("agenda.at_place", place=entry.place, service=what)
    if number > 1:
        what = texts("agenda.same", count=number, service=what)
    if entry.change is not None:
        what = texts(_MARKS[entry.change], service=what)
    return what


def _cells(begins: str, minutes: str, service: str) -> str:
    return f"{begins:<5} {minutes:>3}  {service}"


def _bar(name: str, entries: Sequence[Entry], texts: Texts, columns: int) -> paper.Text:
    """A heading that is found with half an eye: white on black, from edge to edge."""
    left, right = f" {_plain(name)} ", f"{_plain(_count(entries, texts))} "
    if len(left) + len(right) > columns:
        right = f"{_kept(entries)} "
    return paper.Text(f"{left}{right:>{columns - len(left)}}", bold=True, invert=True)


def _kept(entries: Iterable[Entry]) -> int:
    return sum(entry.change is not Change.CANCELLED for entry in entries)


def _count(entries: Iterable[Entry], texts: Texts) -> str:
    match _kept(entries):
        case 0:
            return texts("agenda.none")
        case 1:
            return texts("agenda.one")
        case number:
            return texts("agenda.many", count=number)


def _centered(
    text: str, columns: int, *, size: int = 1, bold: bool = False
) -> Iterator[paper.Element]:
    for line in _wrapped(text, columns // size):
        yield paper.Text(line, size=size, bold=bold, align=_CENTER)


def _wrapped(text: str, width: int) -> list[str]:
    return [_plain(line) for line in textwrap.wrap(text, width)] or [""]


def _plain(text: str) -> str:
    return text.replace(_FIXED_SPACE, " ")
