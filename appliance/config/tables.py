"""Reads the sections of a parsed file: every key checked, what is good kept, the rest noted.

A key that belongs to another kind than the chosen one (`host` with `kind = "none"`) is checked and
then left alone: whoever looks for a fault switches the printer off for a moment and back again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.config.problems import Notes, Refused, bare, did_you_mean, toml

if TYPE_CHECKING:
    from appliance.config.sections import Section

Raw = Mapping[str, Any]


class Table(msgspec.Struct, frozen=True):
    """A section as it was read.

    Args:
        at: Where it is: `printer`, `service[2]`.
        of: The class that it fills.
        raw: What stands in the file.
        values: What was good, by field, defaults included.
    """

    at: str
    of: type[Any]
    raw: Raw
    values: dict[str, Any]

    def build(self, **more: object) -> Any:  # noqa: ANN401  (of the class `of`)
        """Give the settings; `more` are fields that are not in the file, or are to be replaced."""
        return self.of(**{**self.values, **more})

    def text(self, key: str) -> str | None:
        """Give what stands under `key`, if it is a text, though it may be a wrong one."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else None


class Document(msgspec.Struct, frozen=True):
    """A whole file as it was read.

    Args:
        tables: By section; empty where a kind is wrong and it is unknown what shall be read.
        given: Names of the sections that stand in the file.
    """

    tables: Mapping[str, tuple[Table, ...]]
    given: frozenset[str]

    def all(self, section: str) -> tuple[Table, ...]:
        """Give the tables of a section that there may be several of."""
        return self.tables[section]

    def one(self, section: str) -> Table:
        """Give the table of a section that there is one of."""
        return self.tables[section][0]


def read_document(raw: Raw, sections: Iterable[Section], notes: Notes) -> Document:
    """Read all sections, and note what is unknown, missing or wrong."""
    by_name = {section.name: section for section in sections}
    for name in raw:
        if name not in by_name:
            wrong = "there is no such section"
            near = did_you_mean(name, by_name) or _elsewhere(name, by_name.values())
            notes.add(bare(name), wrong, ", ".join(by_name), near)
    return Document(
        {
            name: tuple(_read_section(section, raw, by_name.values(), notes))
            for name, section in by_name.items()
        },
        frozenset(raw),
    )


def _read_section(
    section: Section, document: Raw, sections: Iterable[Section], notes: Notes
) -> Iterable[Table]:
    for at, raw in _raw_tables(section, document, notes):
        kind = _kind(section, raw)
        _note_unknown(at, raw, section, kind, sections, notes)
        values = _read_keys(at, raw, section, kind, notes)
        if kind is not None:
            yield Table(at, section.kinds[kind], raw, values)


def _raw_tables(section: Section, document: Raw, notes: Notes) -> Iterable[tuple[str, Raw]]:
    """Give the tables of a section, as many as there shall be, with the names of their places."""
    raw = document.get(section.name)
    if section.many:
        if isinstance(raw, list) and all(isinstance(each, dict) for each in raw):
            return [(f"{section.name}[{n}]", each) for n, each in enumerate(raw, start=1)]
    elif isinstance(raw, dict):
        return [(section.name, raw)]
    if raw is not None:
        brackets = "; double brackets, as there may be several" if section.many else ""
        notes.add(section.name, f"it is a section: write {section.header}{brackets}")
    elif section.always:
        required = [name for name, key in section.keys.items() if key.required]
        wrong = f"the section {section.header} is missing; it needs {', '.join(required)}"
        notes.add(section.name, wrong)
    if section.many or section.always or raw is not None:
        return []
    return [(section.name, {section.switch: section.without} if section.without else {})]


def _kind(section: Section, raw: Raw) -> str | None:
    """Give the kind that was chosen, or None where the choice is wrong."""
    kind = raw.get(section.switch, section.default) if section.switch else ""
    return kind if isinstance(kind, str) and kind in section.kinds else None


def _note_unknown(
    at: str,
    raw: Raw,
    section: Section,
    kind: str | None,
    sections: Iterable[Section],
    notes: Notes,
) -> None:
    if _is_of_one_kind(section, raw, kind):
        return
    for name in raw:
        if name not in section.keys:
            near = did_you_mean(name, section.keys) or _elsewhere(name, sections)
            notes.add(f"{at}.{bare(name)}", "there is no such key", ", ".join(section.keys), near)


def _is_of_one_kind(section: Section, raw: Raw, kind: str | None) -> bool:
    """Tell whether a table has keys of its kind only: then no other kinds need be looked at.

    They take 5 ms in every process: each key's declaration is an annotation that is to be read.
    """
    return kind is not None and raw.keys() <= section.keys_for(kind).keys() | {section.switch}


def _elsewhere(name: str, sections: Iterable[Section]) -> str:
    """Give the place where a key of this name belongs, or an empty text."""
    found = [f"{section.header} {name}" for section in sections if name in section.keys]
    return " or ".join(found)


def _read_keys(
    at: str, raw: Raw, section: Section, kind: str | None, notes: Notes
) -> dict[str, Any]:
    own = {} if kind is None else section.keys_for(kind)
    values: dict[str, Any] = {}
    one = _is_of_one_kind(section, raw, kind)
    keys = {name: declared.key for name, declared in own.items()} if one else section.keys
    for name, key in keys.items():
        if name not in raw and name not in own and name != section.switch:
            continue
        if name not in raw and key.required:
            because = f" with {section.switch} = {toml(kind)}" if kind else ""
            notes.add(
                f"{at}.{name}",
                f"it is missing; {section.header}{because} needs it",
                key.kind.allowed,
            )
            continue
        given = raw.get(name, key.default)
        try:
            value = None if given is None else key.kind.read(given)
        except Refused as refused:
            notes.refuse(f"{at}.{name}", refused)
        else:
            if name in own:
                values[own[name].field] = value
    return values
