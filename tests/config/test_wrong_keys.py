"""Every kind of mistake in a key, and what an administrator reads then: see mistakes.txt."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.config.problems import toml
from appliance.config.sections import sections
from tests.config.conftest import RIGHT

if TYPE_CHECKING:
    from appliance.config.sections import Section
    from tests.config.conftest import Desk

_, *MISTAKES = (Path(__file__).parent / "mistakes.txt").read_text("utf-8").split("\n\n")
EVERY_KEY: Final = [(section, name) for section in sections() for name in section.keys]


def marked(mistake: str, mark: str) -> str:
    """Give the lines that begin with a mark, without it."""
    return "\n".join(line[2:] for line in mistake.splitlines() if line.startswith(mark))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: marked(each, "=").split(": ")[1])
def test_one_mistake_gets_one_sentence(desk: Desk, mistake: str) -> None:
    edit = (marked(mistake, "-"), marked(mistake, "+"))
    assert desk.problems(edit) == [marked(mistake, "=")]


@pytest.mark.parametrize(
    ("section", "key"),
    EVERY_KEY,
    ids=[f"{section.name}.{key}" for section, key in EVERY_KEY],
)
def test_no_key_takes_anything(desk: Desk, section: Section, key: str) -> None:
    raw = tomllib.loads(RIGHT)
    table = raw.setdefault(section.name, [{}] if section.many else {})
    (table[0] if isinstance(table, list) else table)[key] = {}
    desk.write("".join(f"{name} = {toml(value)}\n" for name, value in raw.items()))
    place = f"{section.name}[1].{key}" if section.many else f"{section.name}.{key}"
    assert any(f": {place}: " in said and "not allowed" in said for said in desk.problems_now())
