"""What is wrong with a configuration, said in sentences that an administrator can act on.

A file is read to its end and every problem is told at once: whoever mends a Pi over SSH shall not
go round in circles, one error a time. Mopidy's configuration taught us that and "did you mean".
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec.json

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_CHARACTERS = 60


class Finding(msgspec.Struct, frozen=True):
    """What is wrong with one value, wherever it stands.

    Args:
        wrong: What is wrong.
        allowed: What would be right.
        suggestion: What was probably meant.
        within: Where inside the value, as it is added to the key: `.fr`.
    """

    wrong: str
    allowed: str = ""
    suggestion: str = ""
    within: str = ""

    def __str__(self) -> str:
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        suggestion = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{self.wrong}{allowed}{suggestion}"


class Problem(msgspec.Struct, frozen=True):
    """A finding and its place.

    Args:
        file: The file that was read.
        key: As in `printer.port` or `service[2].letter` (the second [[service]]); empty where the
            file itself is the problem.
        finding: What is wrong.
        line: Counted from 1; for a missing key that of its section; None where there is none.
    """

    file: Path
    key: str
    finding: Finding
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}{line}: {key}{self.finding}"


class ConfigError(ValueError):
    """A configuration cannot be used.

    Args:
        problems: All of them, in the order of the file.
        advice: A sentence that says what to do, where the problems do not say it themselves.
    """

    def __init__(self, problems: Iterable[Problem], advice: str) -> None:
        self.problems = tuple(problems)
        self.advice = advice
        super().__init__("\n".join([*map(str, self.problems), advice]).rstrip("\n"))


class Refused(Exception):  # noqa: N818  (not an error of its own: a step on the way to a Problem)
    """A value is not what its key asks for; `findings` says why."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("; ".join(map(str, findings)))


class Notes:
    """Collects findings by key while a file is read."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, Finding]] = []

    def add(self, key: str, wrong: str, allowed: str = "", suggestion: str = "") -> None:
        """Note what is wrong with `key`."""
        self.findings.append((key, Finding(wrong, allowed, suggestion)))

    def refuse(self, key: str, refused: Refused) -> None:
        """Note why the value of `key` was refused."""
        self.findings.extend((f"{key}{each.within}", each) for each in refused.findings)


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Give the choice that looks most like `name`, in quotes, or an empty text."""
    import difflib  # noqa: PLC0415  (only where something is wrong: every process reads its settings)

    by_lower = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(name.casefold(), by_lower, n=1)
    return toml(by_lower[near[0]]) if near else ""


def bare(name: str) -> str:
    """Write a key as it would stand in a TOML file: in quotes only where it must be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def toml(value: object) -> str:
    """Write `value` as it would stand in a TOML file, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int() if value.bit_length() > 64:  # noqa: PLR2004  (TOML's own limit)
            return hex(value)  # Python refuses to write very long ones in decimal
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return (
                f"{{ {', '.join(f'{bare(key)} = {toml(each)}' for key, each in value.items())} }}"
            )
        case _:
            return repr(value)


def _quoted(text: str) -> str:
    if text.isprintable():
        return msgspec.json.encode(text).decode()
    from json import dumps  # noqa: PLC0415  (hardly ever)

    # What a terminal would obey is written as an escape.
    return dumps(text)


def shown(value: object) -> str:
    """Write `value` for a sentence, cut where it is long."""
    text = toml(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
