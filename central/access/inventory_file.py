"""Reads the inventory: TOML → `Inventory`, or everything that is wrong with it, said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.config.problems import Notes, did_you_mean, shown
from appliance.config.sections import Section
from appliance.config.settings import Role
from central.access import inventory
from central.toml_file import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from appliance.config.tables import Document, Table


def load(path: Path) -> inventory.Inventory:
    """Read an inventory.

    Args:
        path: A TOML file.

    Raises:
        ConfigError: It cannot be used; the error says everything that is wrong with it.
    """
    document = read_sections(path, sections(), _check)
    return inventory.Inventory(
        central=document.one("central").build(),
        bus=document.one("bus").build(),
        care=document.one("care").build(),
        sites=tuple(table.build() for table in document.all("site")),
        lobbies=tuple(table.build() for table in document.all("lobby")),
        devices=tuple(table.build() for table in document.all("device")),
        dashboards=tuple(table.build() for table in document.all("dashboard")),
    )


def sections() -> tuple[Section, ...]:
    """Give all sections, in the order in which they are explained."""
    return (
        Section("central", "The central broker.", {"": inventory.Central}, always=True),
        Section("bus", "How the buses in the lobbies are reached.", {"": inventory.Bus}),
        Section("care", "How the Pis are looked after.", {"": inventory.Care}),
        Section("site", "Each building.", {"": inventory.Site}, many=True, always=True),
        Section("lobby", "Each waiting area.", {"": inventory.Lobby}, many=True, always=True),
        Section("device", "Each Pi.", {"": inventory.Device}, many=True, always=True),
        Section("dashboard", "Each login that only looks.", {"": inventory.Dashboard}, many=True),
    )


def _check(document: Document, notes: Notes) -> None:
    _check_sites(document, notes)
    _check_lobbies(document, notes)
    _check_unique(document.all("site"), ("id",), notes)
    _check_unique(document.all("lobby"), ("site", "id"), notes)
    _check_unique(document.all("device"), ("site", "name"), notes)
    _check_unique(document.all("dashboard"), ("name",), notes)
    # Who has the name of the central broker in its certificate could pass for it.
    _check_unique((*document.all("central"), *document.all("device")), ("host",), notes)
    _check_desks(document, notes)
    _check_kiosks(document, notes)
    _check_logins(document, notes)
    _check_ports(document, notes)


def _check_sites(document: Document, notes: Notes) -> None:
    sites = [site for table in document.all("site") if (site := table.text("id"))]
    for table in (*document.all("lobby"), *document.all("device")):
        _check_known(f"{table.at}.site", "site", [table.values.get("site")], sites, notes)
    for table in document.all("dashboard"):
        wanted = table.values.get("sites") or ()
        _check_known(f"{table.at}.sites", "site", wanted, sites, notes)


def _check_lobbies(document: Document, notes: Notes) -> None:
    """Note devices in lobbies that their site does not have."""
    for table in document.all("device"):
        site = table.values.get("site")
        lobbies = [
            lobby
            for each in document.all("lobby")
            if each.text("site") == site and (lobby := each.text("id"))
        ]
        if site is not None:
            wanted = [table.values.get("lobby")]
            _check_known(f"{table.at}.lobby", f"lobby of site {site}", wanted, lobbies, notes)


def _check_known(
    key: str, what: str, names: Iterable[str | None], known: Sequence[str], notes: Notes
) -> None:
    for name in names:
        if name is not None and name not in known:
            allowed = ", ".join(map(shown, known))
            notes.add(key, f"there is no {what} {shown(name)}", allowed, did_you_mean(name, known))


def _check_unique(tables: Iterable[Table], keys: Sequence[str], notes: Notes) -> None:
    first: dict[tuple[str, ...], str] = {}
    for table in tables:
        values = [table.values.get(key) for key in keys]
        if None in values:
            continue
        # Host names know no case, and names that differ in nothing else are mistaken.
        name = tuple(str(value).casefold() for value in values)
        if name in first:
            wrong = f"{shown(values[-1])} is that of {first[name]} already"
            notes.add(f"{table.at}.{keys[-1]}", wrong)
        first.setdefault(name, table.at)


def _check_desks(document: Document, notes: Notes) -> None:
    """Note lobbies without a desk, or with two: two lines in one hall call over each other."""
    if not all(
        {"site", "lobby", "roles"} <= table.values.keys() for table in document.all("device")
    ):
        return  # nobody knows yet where their desks are
    desks: dict[tuple[str | None, str | None], str] = {}
    for table in document.all("device"):
        place = table.values["site"], table.values["lobby"]
        if Role.DESK not in table.values["roles"]:
            continue
        if place in desks:
            wrong = f"lobby {place[1]} has its desk on {desks[place]}: one desk a lobby"
            notes.add(f"{table.at}.roles", wrong)
        desks.setdefault(place, table.at)
    for table in document.all("lobby"):
        place = table.values.get("site"), table.values.get("id")
        if None not in place and place not in desks:
            notes.add(f"{table.at}.id", 'it needs a [[device]] with the role "desk"')


def _check_kiosks(document: Document, notes: Notes) -> None:
    """Note screens of kiosks that their lobby does not have, and two screens of one kiosk."""
    first: dict[tuple[object, ...], str] = {}
    for table in document.all("device"):
        if Role.KIOSK not in table.values.get("roles", ()):
            continue
        place = table.values.get("site"), table.values.get("lobby")
        for lobby in document.all("lobby"):
            if (lobby.values.get("site"), lobby.values.get("id")) == place:
                known = lobby.values.get("kiosks") or ()
                wanted = [table.values.get("kiosk")]
                _check_known(
                    f"{table.at}.kiosk", f"kiosk of lobby {place[1]}", wanted, known, notes
                )
        kiosk = (*place, table.values.get("kiosk"))
        if kiosk in first:
            # Two processes under one login throw each other out of the bus, for ever.
            wrong = f"{shown(kiosk[-1])} has its screen on {first[kiosk]} already"
            notes.add(f"{table.at}.kiosk", wrong)
        first.setdefault(kiosk, table.at)


def _check_logins(document: Document, notes: Notes) -> None:
    for table in document.all("lobby"):
        if inventory.CONSOLE in table.values.get("staff", ()):
            wrong = (
                f"{shown(inventory.CONSOLE)} is the command line's, in every lobby: leave it out"
            )
            notes.add(f"{table.at}.staff", wrong)
        seen: set[str] = set()
        for counter in table.values.get("counters", ()):
            if counter.casefold() in seen:
                notes.add(f"{table.at}.counters", f"{shown(counter)} is there in another case, too")
            seen.add(counter.casefold())
    for table in document.all("central"):
        taken = {inventory.BROKER: "the broker's certificate"}
        for key in ("issuer", "collector", "curves"):
            name = table.values.get(key)
            if name in taken:
                notes.add(f"{table.at}.{key}", f"{shown(name)} is the name of {taken[name]}")
            elif name is not None:
                taken[name] = key


def _check_ports(document: Document, notes: Notes) -> None:
    for section in ("central", "bus"):
        for table in document.all(section):
            taken: dict[object, str] = {}
            for key, value in table.values.items():
                if not key.endswith("port") or value is None:
                    continue
                if value in taken:
                    notes.add(f"{table.at}.{key}", f"{value} is that of {taken[value]} already")
                taken.setdefault(value, key)
