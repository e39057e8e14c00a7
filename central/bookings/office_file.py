"""Reads the office file: TOML → `Office`, or everything that is wrong with it, said at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from appliance.config.problems import bare, did_you_mean, shown
from appliance.config.sections import Section
from central.bookings import office
from central.toml_file import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from appliance.config.problems import Notes
    from appliance.config.tables import Document, Table


def load(path: Path, *, languages: Sequence[str]) -> office.Office:
    """Read an office file.

    Args:
        path: A TOML file.
        languages: Those that there are mails in.

    Raises:
        ConfigError: It cannot be used; the error says everything that is wrong with it.
    """
    document = read_sections(path, _sections(), partial(_check, languages=languages))
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


def _check(document: Document, notes: Notes, *, languages: Sequence[str]) -> None:
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
