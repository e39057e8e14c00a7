"""`lobby journal`: what IT does with the journal, verb by verb, and how it is told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from appliance.errors import LobbyError
from appliance.journal import exporting, showing
from appliance.journal.backup import back_up
from appliance.journal.days import NoSuchDayError, days
from appliance.journal.looking import look_into
from appliance.journal.numbers import NumberMark
from appliance.journal.restoring import begin, restore
from appliance.journal.verifying import verify
from appliance.line.line import Line
from appliance.strings import texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from datetime import tzinfo

    from appliance.journal.days import Held, Span
    from appliance.journal.looking import Look
    from appliance.journal.wholeness import Finding

FINE, NOT_FINE, WRONG_USE = 0, 1, 2
FOREIGN_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the journal stands.

    Args:
        journal: The file.
        line: The line without its tickets, as configured; None: that is not known.
        language: Of the site.
        at_home: Whether it is the desk's own, with the mark of its numbers beside it.
    """

    journal: Path
    line: Line | None = None
    language: str = FOREIGN_LANGUAGE
    at_home: bool = False

    @property
    def zone(self) -> tzinfo:
        """Of the site; where that is not known times are told in UTC."""
        return UTC if self.line is None else self.line.zone


def run(asked: argparse.Namespace, place: Place, out: TextIO, err: TextIO) -> int:
    """Do what was asked for, and give the exit code."""
    verbs = {
        "backup": _backup,
        "restore": _restore,
        "export": _export,
        "verify": _verify,
        "show": _show,
        "begin": _begin,
    }
    try:
        return verbs[asked.asked_for](asked, place, out)
    except LobbyError as error:
        err.write(f"lobby: {error}\n")
        return NOT_FINE
    except _WrongUseError as error:
        err.write(f"lobby: {error}\n")
        return WRONG_USE


class _WrongUseError(Exception):
    """What was asked for cannot be."""


def _backup(asked: argparse.Namespace, place: Place, out: TextIO) -> int:
    backed_up = back_up(place.journal, asked.to, force=asked.force)
    if asked.json:
        _say_json(out, file=asked.to, **asdict(backed_up.held))
        return FINE
    out.write(f"{asked.to}: {_told(backed_up.held, place.zone)}.\n")
    _tell_findings(backed_up.findings, out)
    return FINE


def _restore(asked: argparse.Namespace, place: Place, out: TextIO) -> int:
    restored = restore(place.journal, asked.source)
    if asked.json:
        facts = {"aside": restored.aside, "lost": restored.lost, "marked": restored.marked}
        _say_json(out, file=place.journal, **asdict(restored.held), **facts)
        return FINE
    out.write(f"{place.journal}: restored, {_told(restored.held, place.zone)}.\n")
    if restored.aside is not None:
        out.write(f"The one before is now {restored.aside}.\n")
        if not restored.known:
            out.write("It could not be read: codes that were used since may be used once more.\n")
    if restored.lost:
        out.write(
            f"Not in it, and not served yet: {', '.join(restored.lost)}."
            " Whoever holds one of these needs a new number.\n"
        )
    if not restored.marked:
        out.write(
            "Nothing here says which numbers were given out today: the desk asks the board, and"
            " goes on from 501 if that does not know.\n"
        )
    _tell_findings(restored.findings, out)
    out.write("Now start the desk.\n")
    return FINE


def _export(asked: argparse.Namespace, place: Place, out: TextIO) -> int:
    with look_into(place.journal) as look:
        if asked.csv:
            there = days(look)
            all_days = sorted({*there.there, *there.closed})
            if asked.day is not None and asked.day not in all_days:
                raise NoSuchDayError(look, asked.day, all_days)
            wanted = all_days if asked.day is None else [asked.day]
            exporting.write_table(look, there, wanted, out)
        else:
            spans = None if asked.day is None else _spans(look, asked.day)
            out.writelines(f"{line}\n" for line in exporting.json_lines(look, spans))
    return FINE


def _verify(asked: argparse.Namespace, place: Place, out: TextIO) -> int:
    mark = NumberMark(place.journal.with_name("numbers.mark")) if place.at_home else None
    verified = verify(place.journal, place.line, mark)
    if asked.json:
        findings = [asdict(finding) for finding in verified.findings]
        fine = not findings
        _say_json(out, file=place.journal, ok=fine, findings=findings, notes=verified.notes)
    elif verified.findings:
        out.write(f"{place.journal}: not as it should be.\n")
        _tell_findings(verified.findings, out)
    else:
        out.write(f"{place.journal}: fine. {'; '.join(verified.notes)}.\n")
    return NOT_FINE if verified.findings else FINE


def _show(asked: argparse.Namespace, place: Place, out: TextIO) -> int:
    try:
        words = texts(asked.language or place.language)
    except LookupError as error:
        raise _WrongUseError(error.args[0]) from error
    number = asked.number and asked.number.upper()
    with look_into(place.journal) as look:
        spans = _spans(look, asked.day)
        nothing = True
        for span, row in showing.happened(look, spans, number):
            if nothing and not asked.json:
                out.write(f"{span.day:%d.%m.%Y}\n")
            nothing = False
            line = (
                exporting.as_json(look, row)
                if asked.json
                else showing.told(look, row, span.shift, words, place.zone)
            )
            out.write(f"{line}\n")
        if nothing:
            raise LobbyError(f"{look.path} knows no number {number} on {spans[0].day}.")
    return FINE


def _begin(_: argparse.Namespace, place: Place, out: TextIO) -> int:
    mark = begin(place.journal)
    out.write(f"{mark}: this is a new device. Its numbers begin with 001.\n")
    return FINE


def _spans(look: Look, day: date | None) -> list[Span]:
    """Give where the events of a day are; None: of the last one."""
    there = days(look)
    spans = there.of(day or max(there.there, default=date.min))
    if not spans:
        raise NoSuchDayError(look, day, there.there)
    return spans


def _told(held: Held, zone: tzinfo) -> str:
    """Say how much a journal holds."""
    if not held.days or held.until is None:
        return f"{held.events} events of no day"
    count = "1 day" if len(held.days) == 1 else f"{len(held.days)} days"
    until = f"{held.until.astimezone(zone):%d.%m.%Y %H:%M:%S %Z}"
    return f"{count}, {held.days[0]} to {held.days[-1]}, {held.events} events, the last at {until}"


def _tell_findings(findings: Iterable[Finding], out: TextIO) -> None:
    out.writelines(f"- {finding.what}\n  {finding.do}\n" for finding in findings)


def _say_json(out: TextIO, **facts: object) -> None:
    out.write(json.dumps(facts, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
