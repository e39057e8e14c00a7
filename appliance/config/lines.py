"""Where the keys of a TOML text stand. `tomllib` does not tell, and an administrator needs it.

Every statement of TOML is a small TOML text of its own: lines are added to it until it parses. So
`tomllib` itself decides where a statement ends, also in the middle of a text of many lines.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from appliance.config.problems import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each line more costs one more reading of all before it: 20,000 would take minutes.
_LONGEST = 200


def line_numbers(text: str) -> dict[str, int]:
    """Give the line of each section and key, counted from 1.

    Args:
        text: TOML that parses. Keys after a statement of hundreds of lines are left out.

    Returns:
        Lines by key: `printer.port`, `service[2].letter`, `service[2].text.de`.
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    section = ""
    for number, parsed, is_header in _statements(text):
        if is_header:
            section = _section(parsed, counts)
            lines[section] = number
        else:
            for key in _paths(parsed):
                lines.setdefault(f"{section}.{key}" if section else key, number)
    return lines


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Give each statement's line, what it says, and whether it begins a section."""
    statement, begins = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        if not statement:
            begins = number
        elif number - begins > _LONGEST:
            return
        statement += f"{line}\n"
        try:
            parsed = tomllib.loads(statement)
        except ValueError:
            continue
        if parsed:
            yield begins, parsed, statement.lstrip().startswith("[")
        statement = ""


def _section(parsed: dict[str, Any], counts: dict[str, int]) -> str:
    """Give the name of the section that a header begins; the second [[a]] is `a[2]`."""
    path, inner = "", parsed
    while inner:
        ((key, value),) = inner.items()
        path = f"{path}.{bare(key)}" if path else bare(key)
        if isinstance(value, list):
            counts[path] = counts.get(path, 0) + 1
            value = value[0]
        if path in counts:
            path = f"{path}[{counts[path]}]"
        inner = value
    return path


def _paths(parsed: dict[str, Any]) -> Iterator[str]:
    for key, value in parsed.items():
        yield bare(key)
        if isinstance(value, dict):
            yield from (f"{bare(key)}.{path}" for path in _paths(value))
