"""Reads a file of sections: TOML → a checked document, or everything that is wrong with it.

The same words and line numbers as `lobby check` has for the configuration of a device.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from appliance.config.lines import line_numbers
from appliance.config.problems import ConfigError, Finding, Notes, Problem
from appliance.config.tables import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from appliance.config.sections import Section
    from appliance.config.tables import Document

LIMIT_BYTES = 1 << 20
"""Hundreds of sites fit; a larger file is not read to its end."""


def read_sections(
    path: Path, sections: Iterable[Section], check: Callable[[Document, Notes], None]
) -> Document:
    """Read a file.

    Args:
        path: A TOML file.
        sections: What may stand in it.
        check: Notes what no key can tell alone.

    Raises:
        ConfigError: It cannot be used; the error says everything that is wrong with it.
    """
    text = _read(path)
    notes = Notes()
    document = read_document(_parse(path, text), sections, notes)
    check(document, notes)
    if notes.findings:
        raise ConfigError(_problems(path, text, notes), "")
    return document


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise _whole_file(path, f"it cannot be read: {error.strerror}; name another") from error
    except ValueError:
        raise _whole_file(path, "this is no name of a file; name another") from None
    if len(content) > LIMIT_BYTES:
        raise _whole_file(path, f"it is larger than {LIMIT_BYTES} bytes; name another")
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
        """Give the line of the key, or of the section that lacks it."""
        while key:
            if found := lines.get(key) or lines.get(f"{key}[1]"):
                return found
            key = key.rpartition(".")[0]
        return None

    problems = [Problem(path, key, finding, line(key)) for key, finding in notes.findings]
    return sorted(problems, key=lambda problem: problem.line or 0)
