"""Reads the office file: TOML → `Office`, or everything that is wrong with it, said at once."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from appliance.config.lines import line_numbers
from appliance.config.problems import (
    ConfigError,
    Finding,
    Notes,
    Problem,
    bare,
    did_you_mean,
    shown,
)
from appliance.config.sections import Section
from appliance.config.tables import read_document
from central import office

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from appliance.config.tables import Document, Table

LIMIT_BYTES = 1 << 20
"""Hundreds of sites fit; a larger file is not read to its end."""


def load(path: Path, *, languages: Sequence[str]) -> office.Office:
    """Read an office file.

    Args:
        path: A TOML file.
        languages: Those that there are mails in.

    Raises:
        ConfigError: It cannot be used; the error says everything that is wrong with it.
    """
    text = _read(path)
    raw = _parse(path, text)
    notes = Notes()
    document = read_document(raw, _sections(), notes)
    _check(document, languages, notes)
    if notes.findings:
        raise ConfigError(_problems(path, text, notes), "")
    return office.Office(
        files=document.one("issuer").build(),
        mail=document.one("mail").build(),
        broker=document.one("broker").build(),
        sites=tuple(table.build() for table in document.all("site")),
        lobbies=tuple(table.build() for table in document.all("lobby")),
        services=tuple(table.build() for table in document.all("service")),
        places=tuple(table.build() for table in document.all("place")),
    )


def _sections() -> tuple[Section, ...]:
    return (
        Section("issuer", "The issuer's files.", {"": office.Files}, always=True),
        Section("mail", "Who sends the mails.", {"": office.Mail}, always=True),
        Section("broker", "The central broker.", {"": office.BrokerPlace}, always=True),
        Section("site", "Each building.", {"": office.Site}, many=True, always=True),
        Section("lobby", "Each waiting area.", {"": office.Lobby}, many=True, always=True),
        Section("service", "What people come for.", {"": office.Service}, many=True, always=True),
        Section("place", "Where advisers are.", {"": office.Place}, many=True),
    )


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise _whole_file(path, f"it cannot be read: {error.strerror}; name another") from error
    except ValueError:
        raise _whole_file(path, "this is no name of a file; name another") from None
    if len(content) > LIMIT_BYTES:
        raise _whole_file(path, f"it is larger than {LIMIT_BYTES} bytes; name an office file")
    try:
        return content.decode("utf-8-sig")  # editors on Windows put a mark at the beginning
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _whole_file(path, "it is not UTF-8; save it in that encoding", line) from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        line = int(place[1]) if place else None
        raise _whole_file(path, f"it is not TOML: {reason}; mend that place", line) from None


def _whole_file(path: Path, wrong: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(path, "", Finding(wrong), line)], "")


def _problems(path: Path, text: str, notes: Notes) -> list[Problem]:
    lines = line_numbers(text)

    def line(key: str) -> int | None:
        while key:
            if found := lines.get(key) or lines.get(f"{key}[1]"):
                return found
            key = key.rpartition(".")[0]
        return None

    problems = [Problem(path, key, finding, line(key)) for key, finding in notes.findings]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _check(document: Document, languages: Sequence[str], notes: Notes) -> None:
    for table in document.all("site"):
        for language in table.values.get("languages", ()):
            if language not in languages:
                key, wrong = f"{table.at}.languages", f"there are no mails in {shown(language)}"
                near = did_you_mean(language, languages)
                notes.add(key, wrong, ", ".join(map(shown, languages)), near)
    _check_broker(document, notes)
    _check_names(document, notes)
    _check_unique(document.all("site"), ("id",), notes)
    _check_unique(document.all("lobby"), ("site", "id"), notes)
    _check_unique(document.all("service"), ("code",), notes)
    _check_unique(document.all("place"), ("site", "code"), notes)
    _check_texts(document, languages, notes)


def _check_broker(document: Document, notes: Notes) -> None:
    for table in document.all("broker"):
        encrypted = not str(table.values.get("url", "")).startswith("mqtt://")
        for name in ("ca", "certificate", "key"):
            if encrypted and name not in table.raw:
                wrong = "it is missing; an address that is not mqtt:// needs it"
                notes.add(f"{table.at}.{name}", wrong)
        if table.values.get("login") and "password_file" not in table.raw:
            notes.add(f"{table.at}.password_file", "it is missing; the login needs it")


def _check_names(document: Document, notes: Notes) -> None:
    """Note what names a site or service that does not stand in the file."""
    sites = [site for table in document.all("site") if (site := table.text("id"))]
    services = [code for table in document.all("service") if (code := table.text("code"))]
    for table in (*document.all("lobby"), *document.all("place")):
        _check_known(f"{table.at}.site", "site", [table.values.get("site")], sites, notes)
    for table in document.all("lobby"):
        codes = table.values.get("services", ())
        _check_known(f"{table.at}.services", "service", codes, services, notes)


def _check_known(
    key: str, what: str, names: Iterable[str | None], known: Sequence[str], notes: Notes
) -> None:
    for name in names:
        if name is not None and name not in known:
            allowed = ", ".join(map(shown, known))
            notes.add(key, f"there is no {what} {shown(name)}", allowed, did_you_mean(name, known))


def _check_unique(tables: Iterable[Table], keys: Sequence[str], notes: Notes) -> None:
    first: dict[tuple[object, ...], str] = {}
    for table in tables:
        name = tuple(table.values.get(key) for key in keys)
        if None in name:
            continue
        if name in first:
            wrong = f"{shown(name[-1])} is that of {first[name]} already"
            notes.add(f"{table.at}.{keys[-1]}", wrong)
        first.setdefault(name, table.at)


def _check_texts(document: Document, languages: Sequence[str], notes: Notes) -> None:
    """Note texts in no language of ours, and those missing in the main language of a site."""
    mains = {
        table.values["id"]: table.values["languages"][0]
        for table in document.all("site")
        if table.values.keys() >= {"id", "languages"}
    }
    for section, name in (
        ("lobby", "where"),
        ("service", "text"),
        ("service", "bring"),
        ("place", "text"),
    ):
        for table in document.all(section):
            texts = table.values.get(name)
            if texts is None:
                continue
            for language in texts:
                if language not in languages:
                    key = f"{table.at}.{name}.{bare(language)}"
                    wrong = f"there are no mails in {shown(language)}"
                    near = did_you_mean(language, languages)
                    notes.add(key, wrong, ", ".join(map(shown, languages)), near)
            for main in _mains_of(table, mains):
                if main not in texts:
                    wrong = f"it is missing in {shown(main)}, the main language of a site"
                    notes.add(f"{table.at}.{name}", wrong)


def _mains_of(table: Table, mains: dict[str, str]) -> list[str]:
    """Give the languages that a text must be in: that of its site, or of all."""
    if "site" in table.values:
        return [main for site, main in mains.items() if site == table.values["site"]]
    return sorted(set(mains.values()))
