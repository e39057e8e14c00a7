"""A journal for others: every event as a line of JSON, or the days as a table.

Nothing in either is about a person whom anyone could name: a booking's id is opaque, and no name
ever reaches the machine. The table may be handed on; so small counts in it are hidden.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from appliance.journal import codec
from appliance.journal.looking import DamagedError
from appliance.journal.records import ServiceTotals
from appliance.journal.totals import totals
from appliance.line import events
from appliance.small_counts import SHOWN_FROM, Hidden, Sum, hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import TextIO

    from appliance.journal.days import Days, Span
    from appliance.journal.looking import Look, Row

ALL = "all"
"""In place of a service; its codes have no small letters."""
COUNTS = ("tickets", "with_appointment", "served", "no_show")
UNTOLD = ("without_appointment", "left")
COLUMNS = ("day", "service", *COUNTS, "mean_wait_min", "wait_90_min", "promise_kept_percent")
NINE_OF_TEN = 0.9


def json_lines(look: Look, spans: Sequence[Span] | None = None) -> Iterator[str]:
    """Give events, a line of JSON each, with the times as they stand in the file.

    Args:
        look: The journal.
        spans: Which of them; None: all.

    Raises:
        DamagedError: It cannot be read.
    """
    if spans is None:
        yield from (as_json(look, row) for row in look.rows())
    else:
        yield from (as_json(look, row) for span in spans for row in span.rows(look))


def as_json(look: Look, row: Row) -> str:
    """Give an event as a line of JSON.

    Raises:
        DamagedError: It is none.
    """
    try:
        data = codec.public(row.type, row.data)
    except codec.DamagedEventError as error:
        raise DamagedError(look.path, f"event {tuple(row.place)}: {error}") from error
    line = {
        "epoch": codec.epoch_text(row.epoch),
        "seq": row.place.seq,
        "at": row.at,
        "type": row.type,
        "data": data,
    }
    return msgspec.json.encode(line).decode()


def write_table(look: Look, days: Days, wanted: Sequence[date], out: TextIO) -> None:
    """Write how days were, a line for each service and one for all.

    Args:
        look: The journal.
        days: Its days.
        wanted: Which of them.
        out: Where to.

    Raises:
        JournalError: It cannot be read.
    """
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for day in wanted:
        figures = _figures_of(look, days, day)
        away = _hidden(figures)
        for service, of_service in figures.items():
            table.writerow([day, service, *_cells(service, of_service, away)])


@dataclass(frozen=True, slots=True)
class _Figures:
    """How a day was for those who came for one service, or for all.

    Args:
        totals: Counts, and sums of times.
        wait_90_s: So long did nine of ten of those wait who were called; None: that is not known.
    """

    totals: ServiceTotals
    wait_90_s: int | None

    @property
    def counts(self) -> dict[str, int]:
        """What is shown of it, and what would follow from that."""
        told = self.totals
        return {
            "tickets": told.tickets,
            "with_appointment": told.appointments,
            "served": told.served,
            "no_show": told.set_aside,
            "without_appointment": told.tickets - told.appointments,
            "left": told.tickets - told.served - told.set_aside,
        }


def _figures_of(look: Look, days: Days, day: date) -> dict[str, _Figures]:
    """Give the figures of a day by service, those of all last; empty: nobody came."""
    waits: dict[str, list[int]] = {}
    if day in days.closed:
        by_service: Mapping[str, ServiceTotals] = days.closed[day].services
    else:
        happened = (event for span in days.of(day) for event in span.happened(look))
        by_service = totals(_noting_waits(happened, waits))
    figures = {
        service: _Figures(by_service[service], _nine_of_ten(waits.get(service, [])))
        for service in sorted(by_service)
    }
    if figures:
        everyone = [wait for some in waits.values() for wait in some]
        figures[ALL] = _Figures(_together(by_service.values()), _nine_of_ten(everyone))
    return figures


def _noting_waits(
    happened: Iterable[events.Event], waits: dict[str, list[int]]
) -> Iterator[events.Event]:
    """Hand on events, and note how many seconds people waited for their first call."""
    waiting: dict[str, events.TicketIssued] = {}
    for event in happened:
        match event:
            case events.TicketIssued(ticket=ticket):
                waiting[ticket] = event
            case events.TicketCalled(ticket=ticket) if ticket in waiting:
                issued = waiting.pop(ticket)
                wait_s = max(0, int((event.at - issued.at).total_seconds()))
                waits.setdefault(issued.service, []).append(wait_s)
            case _:
                pass
        yield event


def _nine_of_ten(waits: Iterable[int]) -> int | None:
    """Give how long nine of ten waited at most; None: nobody's wait is known."""
    in_order = sorted(waits)
    return in_order[math.ceil(NINE_OF_TEN * len(in_order)) - 1] if in_order else None


def _together(by_service: Iterable[ServiceTotals]) -> ServiceTotals:
    every = list(by_service)
    added = {
        name: sum(getattr(each, name) for each in every)
        for name in ServiceTotals.__dataclass_fields__
    }
    return ServiceTotals(**{**added, "longest_s": max(each.longest_s for each in every)})


def _hidden(figures: Mapping[str, _Figures]) -> Hidden[tuple[str, str]]:
    """Say which counts of a day are not shown; a cell is its service and its column."""
    services = [service for service in figures if service != ALL]
    sums = [
        Sum((service, "tickets"), tuple((service, part) for part in parts))
        for service in figures
        for parts in (("with_appointment", "without_appointment"), ("served", "no_show", "left"))
    ]
    sums += [
        Sum((ALL, column), tuple((service, column) for service in services))
        for column in (*COUNTS, *UNTOLD)
        if figures
    ]
    return hidden(
        {(service, c): n for service, of in figures.items() for c, n in of.counts.items()},
        sums,
        frozenset((service, column) for service in figures for column in UNTOLD),
    )


def _cells(service: str, figures: _Figures, away: Hidden[tuple[str, str]]) -> Iterator[str]:
    for column in COUNTS:
        cell = service, column
        if cell in away.small:
            yield f"<{SHOWN_FROM}"
        else:
            yield "" if cell in away.further else str(figures.counts[column])
    told, wait_90_s = figures.totals, figures.wait_90_s
    known = told.called >= SHOWN_FROM
    yield f"{told.waited_s / told.called / 60:.1f}" if known else ""
    yield f"{wait_90_s / 60:.1f}" if known and wait_90_s is not None else ""
    rests = told.on_time >= SHOWN_FROM
    yield f"{100 * told.promise_kept / told.on_time:.0f}" if rests else ""
