"""Explains every key of the configuration, as a TOML file that only has to be uncommented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.config.problems import toml
from appliance.config.sections import Section, sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.config.keys import Key

_HEAD = """\
# Every key that a configuration may have, what it means, what is allowed and its default.
# Lines that begin with "# " explain. Those that begin with "#" alone are TOML: take the "#" away.
# Keys that are required, and those without a default, show an example.
"""


def defaults_text() -> str:
    """Give the text of `lobby check --defaults`."""
    return "\n".join([_HEAD, *("\n".join(_section(section)) + "\n" for section in sections())])


def _section(section: Section) -> Iterator[str]:
    yield f"# {section.about}{_when(section)}"
    yield f"#{section.header}"
    for name, key in section.keys.items():
        yield f"# {key.meaning} Allowed: {key.kind.allowed}."
        remark = _remark(section, name, key)
        yield f"#{name} = {toml(_value(key))}{f'  # {remark}' if remark else ''}"


def _when(section: Section) -> str:
    if section.always:
        return " Required."
    return f' Required by the role "{section.needed_by}".' if section.needed_by else ""


def _value(key: Key) -> object:
    return key.example if key.required or key.default is None else key.default


def _remark(section: Section, name: str, key: Key) -> str:
    kinds = [kind for kind in section.kinds if kind and name in section.keys_for(kind)]
    some = name != section.switch and 0 < len(kinds) < len(section.kinds)
    where = " or ".join(map(toml, kinds))
    parts = []
    if key.required:
        parts.append("required; an example")
    elif key.default is None:
        parts.append(f"without a default: {key.absent}")
    if some:
        parts.append(f"for {section.switch} = {where}")
    return "; ".join(parts)
