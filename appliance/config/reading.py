"""Reads a configuration: one TOML file → frozen settings, or every problem that it has."""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from appliance.config.checks import check
from appliance.config.devices import GpioButtons
from appliance.config.hours import WEEK
from appliance.config.lines import line_numbers
from appliance.config.problems import ConfigError, Finding, Notes, Problem
from appliance.config.sections import sections
from appliance.config.settings import Settings
from appliance.config.sound import NoSound
from appliance.config.tables import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from appliance.config.devices import Buttons, Printer
    from appliance.config.hours import Hours
    from appliance.config.kiosk import Redirect
    from appliance.config.services import Service
    from appliance.config.settings import Lobby, Site
    from appliance.config.sound import Sound
    from appliance.config.tables import Document, Table

LIMIT_BYTES = 256 * 1024
"""A larger file is no configuration; it is not read to its end."""


def load(path: Path, *, languages: Sequence[str]) -> Settings:
    """Read the configuration in `path`.

    Args:
        path: A TOML file.
        languages: The languages that there are texts for.

    Raises:
        ConfigError: It cannot be used; the error says everything that is wrong with it.
    """
    text = _read_text(path)
    raw = _parse(path, text)
    notes = Notes()
    known = sections()
    document = read_document(raw, known, notes)
    check(document, known, languages, notes)
    if notes.findings:
        raise _error(path, text, notes)
    return _settings(document)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise _file_error(path, "there is no such file; name another or copy an example") from None
    except IsADirectoryError:
        raise _file_error(path, "this is a folder; name the file in it") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise _file_error(path, f"it cannot be read: {reason}; mend that and try again") from error
    if len(content) > LIMIT_BYTES:
        raise _file_error(path, f"it is larger than {LIMIT_BYTES} bytes; name a configuration")
    try:
        return content.decode("utf-8-sig")  # editors on Windows put a mark at the beginning
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _file_error(path, "it is not UTF-8; save it in that encoding", line) from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        line = int(place[1]) if place else None
        raise _file_error(path, f"it is not TOML: {reason}; mend that place", line) from None
    if not raw:
        raise _file_error(path, "it sets nothing; copy an example and change it")
    return raw


def _file_error(path: Path, wrong: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(path, "", Finding(wrong), line)], "")


def _error(path: Path, text: str, notes: Notes) -> ConfigError:
    lines = line_numbers(text)
    problems = [Problem(path, key, finding, _line(key, lines)) for key, finding in notes.findings]
    problems.sort(key=lambda problem: problem.line or 0)
    return ConfigError(
        problems,
        f"Mend this, then run: lobby check {path} (lobby check --defaults explains every key)",
    )


def _line(key: str, lines: Mapping[str, int]) -> int | None:
    """Give the line of the key, or of the section that lacks it."""
    while key:
        # [[printer]] instead of [printer] stands under "printer[1]".
        if line := lines.get(key) or lines.get(f"{key}[1]"):
            return line
        key = key.rpartition(".")[0]
    return None


def _settings(document: Document) -> Settings:
    site: Site = document.one("site").build()
    return Settings(
        site=site,
        lobby=_lobby(document.one("lobby"), site),
        device=document.one("device").build(site=site.id),
        other_sites=tuple(table.build() for table in document.all("other_site")),
        other_lobbies=tuple(table.build() for table in document.all("other_lobby")),
        services=tuple(_service(table, site) for table in document.all("service")),
        counters=tuple(table.build() for table in document.all("counter")),
        hours=_hours(document),
        rules=document.one("rules").build(),
        agenda=document.one("agenda").build(),
        journal=document.one("journal").build(),
        bus=document.one("bus").build(),
        uplink=document.one("uplink").build(),
        codes=document.one("codes").build(),
        camera=document.one("camera").build(),
        scanner=document.one("scanner").build(),
        printer=_printer(document.one("printer"), site),
        buttons=_buttons(document),
        lamps=document.one("lamps").build(),
        buzzer=document.one("buzzer").build(),
        sound=_sound(document.one("sound"), site),
        board=document.one("board").build(),
        kiosk=document.one("kiosk").build(),
        redirects=tuple(_redirect(table, site) for table in document.all("redirect")),
        look=document.one("look").build(),
        slides=document.one("slides").build(),
        clock=document.one("clock").build(),
    )


def _service(table: Table, site: Site) -> Service:
    texts = {name: _everywhere(table.values[name] or {}, site) for name in ("text", "redirect")}
    service: Service = table.build(**texts)
    return service


def _redirect(table: Table, site: Site) -> Redirect:
    texts = {name: _everywhere(table.values[name], site) for name in ("text", "directions")}
    redirect: Redirect = table.build(**texts)
    return redirect


def _lobby(table: Table, site: Site) -> Lobby:
    lobby: Lobby = table.build(foreign=_everywhere(table.values["foreign"] or {}, site))
    return lobby


def _hours(document: Document) -> Hours | None:
    """Give the opening hours, holidays among them; None: always open."""
    if "hours" not in document.given:
        return None
    table = document.one("hours")
    days = dict.fromkeys(table.values["closed"], ())
    days |= {each.values["date"]: each.values["hours"] for each in document.all("day")}
    # A weekday that is left out is closed.
    week = {name: value or () for name, value in table.values.items() if name in WEEK}
    hours: Hours = table.build(days=MappingProxyType(days), **week)
    return hours


def _everywhere(texts: Mapping[str, str], site: Site) -> Mapping[str, str]:
    """Fill in the main language where a language of the site has no text."""
    if not texts:
        return MappingProxyType({})
    shown = {language: texts.get(language, texts[site.language]) for language in site.languages}
    return MappingProxyType({**texts, **shown})


def _printer(table: Table, site: Site) -> Printer:
    printer: Printer = table.build(language=table.values["language"] or site.language)
    return printer


def _sound(table: Table, site: Site) -> Sound:
    if table.of is NoSound:
        silent: Sound = table.build()
        return silent
    main = site.language
    usual = (main, *(each for each in site.languages if each != main))
    sound: Sound = table.build(languages=table.values["languages"] or usual)
    return sound


def _buttons(document: Document) -> Buttons:
    table = document.one("buttons")
    if table.of is not GpioButtons:
        attached: Buttons = table.build()
        return attached
    return GpioButtons(
        buttons=tuple(each.build() for each in document.all("button")), **table.values
    )
