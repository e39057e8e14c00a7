"""The kinds of value that a key may hold: each reads a raw TOML value strictly, or says why not.

Strictly, because what is nearly right costs an office its morning: `true` is no number (Python
thinks that it is), "9100" is no port, `nan` passes every comparison that is written the wrong way
round. Units live here as well: TOML says `recall_after_s = 45`, the code gets a `timedelta`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from appliance.config.problems import Finding, Refused, bare, did_you_mean, shown, toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _NotAllowed(Exception):  # noqa: N818  (a step on the way to a Refused)
    def __init__(self, suggestion: str = "") -> None:
        self.suggestion = suggestion


class Kind(msgspec.Struct, frozen=True):
    """What a value must be.

    Args:
        allowed: What is allowed, in words that complete "allowed: …".
        parse: Gives the value as the code wants it.
        suffix: What the key's name in the file adds to that of the field: its unit.
    """

    allowed: str
    parse: Callable[[object], object]
    suffix: str = ""

    def read(self, raw: object) -> object:
        """Give the value as the code wants it.

        Raises:
            Refused: It is not what is allowed.
        """
        try:
            return self.parse(raw)
        except _NotAllowed as reason:
            finding = Finding(f"{shown(raw)} is not allowed", self.allowed, reason.suggestion)
        raise Refused(finding)


def words(most: int = 60, least: int = 1) -> Kind:
    """Give the kind of a text for people, on one line; `most` and `least` are in characters."""

    def parse(raw: object) -> str:
        if not isinstance(raw, str) or _CONTROL.search(raw):
            raise _NotAllowed
        if not least <= len(raw.strip()) <= len(raw) <= most:
            raise _NotAllowed
        return raw

    empty = "" if least else ", or empty"
    return Kind(f"a text on one line, of at most {most} characters{empty}", parse)


def pattern(expression: str, allowed: str) -> Kind:
    """Give the kind of a text for machines that matches a regular expression as a whole."""

    def parse(raw: object) -> str:
        if not isinstance(raw, str):
            raise _NotAllowed
        if not re.fullmatch(expression, raw):
            other_case = (raw.upper(), raw.lower())
            near = next((each for each in other_case if re.fullmatch(expression, each)), None)
            raise _NotAllowed(toml(near) if near else "")
        return raw

    return Kind(allowed, parse)


def language_code() -> Kind:
    """Give the kind of a language, as in BCP 47."""
    return pattern(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", 'a language such as "de" or "en"')


def web_address() -> Kind:
    """Give the kind of an address that goes into a QR code; it may be left empty."""
    return pattern(
        r"([Hh][Tt][Tt][Pp][Ss]?://[!-~]{1,92})?",
        "a web address of at most 100 ASCII characters, or empty",
    )


def service_code() -> Kind:
    """Give the kind of a service's code."""
    return pattern(r"[A-Z0-9]{1,6}", "the code of a service, 1 to 6 of A-Z and 0-9")


def number(
    least: float, most: float, unit: str = "", make: Callable[[float], object] = float
) -> Kind:
    """Give the kind of a number between two bounds, both allowed; `make` turns it into its type."""

    def parse(raw: object) -> object:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise _NotAllowed
        # Written so that nan is refused: it is neither below nor above anything.
        if not least <= raw <= most:
            raise _NotAllowed
        return make(raw)

    return Kind(f"a number from {least:.15g} to {most:.15g} {unit}".rstrip(), parse)


def whole(least: int, most: int, unit: str = "") -> Kind:
    """Give the kind of a whole number between two bounds, both allowed."""

    def parse(raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise _NotAllowed
        return raw

    return Kind(f"a whole number from {least} to {most} {unit}".rstrip(), parse)


def in_seconds(least: float, most: float) -> Kind:
    """Give the kind of a duration in seconds, a `timedelta` in the code."""
    duration = number(least, most, "seconds", lambda raw: timedelta(seconds=raw))
    return Kind(duration.allowed, duration.parse, "_s")


def in_minutes(least: float, most: float) -> Kind:
    """Give the kind of a duration in minutes, a `timedelta` in the code."""
    duration = number(least, most, "minutes", lambda raw: timedelta(minutes=raw))
    return Kind(duration.allowed, duration.parse, "_min")


def moment() -> Kind:
    """Give the kind of a time with its offset, an aware `datetime` in the code."""

    def parse(raw: object) -> datetime:
        if not isinstance(raw, datetime) or raw.tzinfo is None:
            raise _NotAllowed
        return raw

    return Kind("a date and time with offset, unquoted, as 2026-03-02T07:30:00+01:00", parse)


def one_of(*options: str) -> Kind:
    """Give the kind of one of a few words."""

    def parse(raw: object) -> str:
        if not isinstance(raw, str):
            raise _NotAllowed
        if raw not in options:
            raise _NotAllowed(did_you_mean(raw, options))
        return raw

    return Kind(_either(options), parse)


def one_of_numbers(*options: int) -> Kind:
    """Give the kind of one of a few whole numbers."""

    def parse(raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or raw not in options:
            raise _NotAllowed
        return raw

    return Kind(_either(options), parse)


def yes_or_no() -> Kind:
    """Give the kind of a choice between two, a `bool` in the code."""

    def parse(raw: object) -> bool:
        if not isinstance(raw, bool):
            raise _NotAllowed
        return raw

    return Kind("true or false, unquoted", parse)


def member(enumeration: type[StrEnum]) -> Kind:
    """Give the kind of a member of an enumeration, written as its value."""
    word = one_of(*enumeration)
    return Kind(word.allowed, lambda raw: enumeration(str(word.parse(raw))))


def absolute_path(most_bytes: int | None = None, *, secret: bool = False) -> Kind:
    """Give the kind of a path. Relative ones are refused: systemd starts its units in `/`.

    Args:
        most_bytes: The longest that is allowed.
        secret: Secrets lie there; then a wrong value may be one itself, and is not shown.
    """
    limit = f", of at most {most_bytes} bytes" if most_bytes else ""
    allowed = f"a path that begins with /{limit}"
    if secret:
        allowed = f"{allowed}; secrets are files, never values"

    def parse(raw: object) -> Path:
        text = raw if isinstance(raw, str) and "\0" not in raw else ""
        if text.startswith("/") and (most_bytes is None or len(text.encode()) <= most_bytes):
            return Path(text)
        if secret:
            raise Refused(Finding("the value is not allowed", allowed))
        raise _NotAllowed

    return Kind(allowed, parse)


def time_zone() -> Kind:
    """Give the kind of a time zone, a `ZoneInfo` in the code."""

    def parse(raw: object) -> ZoneInfo:
        if not isinstance(raw, str) or not raw:
            raise _NotAllowed
        try:
            return ZoneInfo(raw)
        # zoneinfo refuses "../x" itself; "Europe" is a folder in the tzdata of PyPI.
        except (ZoneInfoNotFoundError, ValueError, OSError):
            names = available_timezones()
        if not names:
            missing = "no time zones are known here; install the package tzdata"
            raise Refused(Finding(f"{shown(raw)} cannot be looked up, as {missing}"))
        raise _NotAllowed(did_you_mean(raw, names))

    return Kind('a name from the IANA time zone database, such as "Europe/Berlin"', parse)


def list_of(each: Kind, *, empty: bool = False) -> Kind:
    """Give the kind of a list, a tuple in the code; it may be `empty` or not."""

    def parse(raw: object) -> tuple[object, ...]:
        if not isinstance(raw, list) or not (raw or empty):
            raise _NotAllowed
        values: list[object] = []
        findings: list[Finding] = []
        for one in raw:
            try:
                values.append(each.read(one))
            except Refused as refused:
                findings += refused.findings
        twice = [one for n, one in enumerate(raw) if one in raw[:n]]
        findings += [Finding(f"{shown(one)} stands there twice") for one in twice]
        if findings:
            raise Refused(*findings)
        return tuple(values)

    number = "none" if empty else "at least one and none"
    return Kind(f"a list, {number} twice, each {each.allowed}", parse)


def translations(most: int) -> Kind:
    """Give the kind of words by language, each of at most `most` characters."""
    text = words(most)

    def parse(raw: object) -> Mapping[str, str]:
        if not isinstance(raw, dict) or not raw:
            raise _NotAllowed
        findings: list[Finding] = []
        for name, one in raw.items():
            try:
                text.read(one)
            except Refused as refused:
                findings += [
                    Finding(finding.wrong, finding.allowed, within=f".{bare(name)}")
                    for finding in refused.findings
                ]
        if findings:
            raise Refused(*findings)
        return raw

    return Kind(f'{{ de = "…", en = "…" }}, each {text.allowed}', parse)


def _either(options: tuple[object, ...]) -> str:
    *others, last = map(toml, options)
    return f"{', '.join(others)} or {last}"
