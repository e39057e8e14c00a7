"""A file of bookings from a booking website: CSV or JSON Lines → orders, or all that is wrong.

Strict, since what is nearly right costs a person their appointment: a time without an offset, a
column that nobody knows. A website that hands over names by mistake is told so, and nothing of the
file is kept.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.checkin.claims import FIRST_SLOT, SLOTS_END
from appliance.config.problems import did_you_mean
from central.bookings.mail import AddressError, check_address
from central.bookings.orders import Order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

COLUMNS = (
    "site",
    "lobby",
    "slot",
    "minutes",
    "service",
    "place",
    "email",
    "language",
    "reference",
)
NEEDED = ("site", "slot", "minutes", "service")

LIMIT_BYTES = 16 << 20
LIMIT_ROWS = 20_000
LONGEST_REFERENCE = 200


class HandoverError(ValueError):
    """A file cannot be imported.

    Args:
        path: The file.
        mistakes: Line (0: the file as a whole) and sentence of each.
    """

    def __init__(self, path: Path, mistakes: Iterable[tuple[int, str]]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        told = [f"{path}{f':{line}' if line else ''}: {what}" for line, what in self.mistakes]
        count = len(self.mistakes)
        end = f"nothing was imported: mend {'this' if count == 1 else f'these {count}'}"
        super().__init__("\n".join([*told, end]))


@dataclass(frozen=True, slots=True)
class Row:
    """One booking that is handed over.

    Args:
        line: Where it stands in the file, from 1.
        order: What is to be booked.
        email: Where its mail goes; never kept, and not shown.
        language: Of its mail.
        reference: What the website calls it.
    """

    line: int
    order: Order
    email: str | None
    language: str | None
    reference: str | None

    def __repr__(self) -> str:
        return f"Row({self.line}, {self.order!r})"


def read_rows(path: Path) -> list[Row]:
    """Read a file: JSON Lines where its name ends so (.jsonl, .ndjson), CSV otherwise.

    Raises:
        HandoverError: It says everything that is wrong with the file.
    """
    text = _read(path)
    mistakes: list[tuple[int, str]] = []
    lines = path.suffix.lower() in {".jsonl", ".ndjson"}
    raw = list((_json_lines if lines else _csv_rows)(text, mistakes))
    if not raw and not mistakes:
        mistakes.append((0, "there are no bookings in it"))
    if len(raw) > LIMIT_ROWS:
        mistakes.append((0, f"more than {LIMIT_ROWS} bookings; hand them over in parts"))
        raw = []
    rows = [row for line, values in raw if (row := _row(line, values, mistakes))]
    first: dict[str, int] = {}
    for row in rows:
        if row.reference is not None and first.setdefault(row.reference, row.line) != row.line:
            where = first[row.reference]
            mistakes.append((row.line, f"reference stands in line {where} already"))
    if mistakes:
        raise HandoverError(path, sorted(mistakes))
    return rows


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise HandoverError(path, [(0, f"it cannot be read: {error.strerror}")]) from error
    if len(content) > LIMIT_BYTES:
        raise HandoverError(path, [(0, f"it is larger than {LIMIT_BYTES} bytes")])
    try:
        return content.decode("utf-8-sig")  # spreadsheets put a mark at the beginning
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HandoverError(path, [(line, "it is not UTF-8: save it so")]) from None


def _csv_rows(
    text: str, mistakes: list[tuple[int, str]]
) -> Iterator[tuple[int, Mapping[str, object]]]:
    head = text.partition("\n")[0]
    # Spreadsheets that count in German separate by semicolons.
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not names:
                names = [name.strip() for name in cells]
                if not _columns_fit(names, mistakes):
                    return
            elif any(cells):
                if len(cells) != len(names):
                    wrong = f"{len(cells)} values, and there are {len(names)} columns"
                    mistakes.append((line, wrong))
                else:
                    values = (cell.strip() or None for cell in cells)
                    yield line, dict(zip(names, values, strict=True))
    except csv.Error as error:
        mistakes.append((begins, f"not CSV: {error}"))


def _columns_fit(names: list[str], mistakes: list[tuple[int, str]]) -> bool:
    before = len(mistakes)
    _note_unknown(1, names, mistakes)
    mistakes += [(1, f"there is no column {name}") for name in NEEDED if name not in names]
    if len(set(names)) < len(names):
        mistakes.append((1, "two columns have the same name"))
    return len(mistakes) == before


def _json_lines(
    text: str, mistakes: list[tuple[int, str]]
) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, piece in enumerate(text.split("\n"), start=1):
        if not piece.strip():
            continue
        try:
            values = json.loads(piece, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            mistakes.append((line, "not one JSON object, its members each once"))
            continue
        if not isinstance(values, dict):
            mistakes.append((line, "not a JSON object"))
            continue
        before = len(mistakes)
        _note_unknown(line, values, mistakes)
        mistakes += [(line, f"{name} is missing") for name in NEEDED if name not in values]
        if len(mistakes) == before:
            yield line, values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _note_unknown(line: int, names: Iterable[str], mistakes: list[tuple[int, str]]) -> None:
    for name in names:
        if name not in COLUMNS:
            near = did_you_mean(name, COLUMNS)
            hint = f"; did you mean {near}?" if near else f"; there are {', '.join(COLUMNS)}"
            mistakes.append((line, f"nobody asks for '{name[:40]}'{hint}"))


def _row(line: int, values: Mapping[str, object], mistakes: list[tuple[int, str]]) -> Row | None:
    before = len(mistakes)

    def text(name: str) -> str | None:
        value = values.get(name)
        if value is None and name not in NEEDED:
            return None
        if isinstance(value, str) and value and value.isprintable():
            return value
        mistakes.append((line, f"{name} is {'missing' if value in (None, '') else 'not a text'}"))
        return None

    site, service, slot = text("site"), text("service"), _slot(line, text("slot"), mistakes)
    minutes = _minutes(line, values.get("minutes"), mistakes)
    lobby, place, language = text("lobby"), text("place"), text("language")
    email, reference = text("email"), text("reference")
    if email is not None:
        try:
            check_address(email)
        except AddressError as error:
            mistakes.append((line, f"email: {error}"))
    if reference is not None and len(reference) > LONGEST_REFERENCE:
        mistakes.append((line, f"reference has more than {LONGEST_REFERENCE} characters"))
    if len(mistakes) > before or site is None or service is None or slot is None:
        return None
    order = Order(site, lobby, slot, minutes, service, place)
    return Row(line, order, email, language, reference)


def _slot(line: int, text: str | None, mistakes: list[tuple[int, str]]) -> datetime | None:
    if text is None:
        return None
    try:
        slot = datetime.fromisoformat(text)
    except ValueError:
        slot = None
    if slot is None or slot.utcoffset() is None or slot.microsecond:
        example = "2026-03-02T08:00:00+01:00"
        mistakes.append((line, f"slot '{text[:40]}' is no time with offset, such as {example}"))
        return None
    if not FIRST_SLOT.year <= slot.year < SLOTS_END.year:
        mistakes.append((line, f"slot '{text}' is outside of 2020 to 2099"))
        return None
    return slot


def _minutes(line: int, value: object, mistakes: list[tuple[int, str]]) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 5:  # noqa: PLR2004  (480 is the most)
        return int(value)
    if type(value) is int:
        return value
    mistakes.append((line, "minutes is missing" if value is None else "minutes is no whole number"))
    return 0
