"""Statistics on a terminal, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from appliance.small_counts import SHOWN_FROM
from central.statistics.table import FIGURES, Hidden, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from central.statistics.table import Row, Table
    from central.statistics.wording import Words

COLUMNS = (*FIGURES, "incomplete")


def text_lines(table: Table, words: Words) -> Iterator[str]:
    """Give the lines of a table for people."""
    yield words("statistics.title", site=table.site, span=words.span(table.span))
    parts: list[tuple[str, list[tuple[str, Row | None]]]] = [
        (words("statistics.by_day"), [(words.day(day), row) for day, row in table.days.items()]),
        (words("statistics.by_service"), [*table.services.items()]),
        (
            words("statistics.by_hour"),
            [(words.hour(hour), row) for hour, row in table.hours.items()],
        ),
    ]
    total = words("statistics.total")
    labels = [total, *(label for title, rows in parts for label in (title, *dict(rows)))]
    width = max(map(len, labels)) + 2
    heads = [words(f"statistics.{name}").split("|") for name in FIGURES]
    widths = [max(len(line) for line in head) + 2 for head in heads]
    for title, rows in parts:
        if rows:
            yield ""
            for level in (0, 1):
                label = title if level else ""
                yield _line(label, [head[level] for head in heads], width, widths)
            for label, row in rows:
                yield _line(label, _cells(row, words), width, widths)
    yield ""
    yield _line(total, _cells(table.total, words), width, widths)
    yield ""
    yield words("statistics.attended", count=words.count(table.attended))
    yield from words.notes(table)


def csv_text(table: Table) -> str:
    """Give a table for programs: hidden counts are `<5` or empty, unknown figures empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["site", "part", "key", *COLUMNS])
    for part, rows in _parts(table):
        for key, row in rows.items():
            cells = [_csv_cell(figure(row, name)) for name in FIGURES]
            incomplete = "yes" if row is None or row.incomplete else "no"
            writer.writerow([table.site, part, key, *cells, incomplete])
    return out.getvalue().rstrip("\n")


def json_text(table: Table) -> str:
    """Give a table for programs: a hidden count says why, an unknown figure is null."""
    said: dict[str, object] = {
        "site": table.site,
        "first": table.span.first.isoformat(),
        "last": table.span.last.isoformat(),
        "as_of": table.as_of and table.as_of.isoformat(),
        "attended": _json_cell(table.attended),
    }
    for part, rows in _parts(table):
        said[part] = {
            key: row and {name: _json_cell(value) for name, value in asdict(row).items()}
            for key, row in rows.items()
        }
    return json.dumps(said, indent=2)


def _parts(table: Table) -> Iterator[tuple[str, Mapping[str, Row | None]]]:
    yield "day", {day.isoformat(): row for day, row in table.days.items()}
    yield "service", table.services
    yield "hour", {f"{hour:02}": row for hour, row in table.hours.items()}
    yield "total", {"": table.total}


def _csv_cell(value: object) -> str:
    match value:
        case Hidden.SMALL:
            return f"<{SHOWN_FROM}"
        case None | Hidden.FURTHER:
            return ""
        case _:
            return str(value)


def _json_cell(value: object) -> object:
    return {"hidden": value.value} if isinstance(value, Hidden) else value


def _cells(row: Row | None, words: Words) -> list[str]:
    return [words.figure(name, figure(row, name)) for name in FIGURES]


def _line(label: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> str:
    joined = "".join(cell.rjust(size) for cell, size in zip(cells, widths, strict=True))
    return f"{label.ljust(width)}{joined}".rstrip()
