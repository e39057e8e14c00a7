"""Whatever stands in a file: settings, or sentences. Never a traceback."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import config
from appliance.config.problems import toml
from appliance.config.sections import sections
from tests.config.conftest import LANGUAGES, RIGHT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCALARS = (
    st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=12)
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.sampled_from(["A10", "de", "none", "folder", "gpio", "desk", "/x", "A", "Europe"])
)
KEYS = st.sampled_from(sorted({name for section in sections() for name in section.keys}))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
PLACES = st.tuples(
    st.sampled_from([section.name for section in sections()]),
    st.none() | KEYS | st.text(max_size=5),
    VALUES | st.none(),
)


@settings(max_examples=400, deadline=None)
@given(changes=st.lists(PLACES, min_size=1, max_size=4))
def test_a_right_file_changed_anywhere_gives_settings_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str | None, Any]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.toml"
    path.write_text(changed(changes), "utf-8", newline="")
    said = complaint(path)
    if said is None:
        return
    *problems, last = str(said).splitlines()
    assert len(problems) == len(said.problems) - (not said.advice)
    assert last.startswith("Mend this") or "it is not TOML" in last


def changed(changes: list[tuple[str, str | None, Any]]) -> str:
    """Give the right file after values were put under keys, or in place of whole sections."""
    raw = tomllib.loads(RIGHT)
    for section, key, value in changes:
        tables = raw.get(section)
        if key is None:
            raw[section] = value
            continue
        for table in tables if isinstance(tables, list) else [tables]:
            if isinstance(table, dict):
                table[key] = value
    return "".join(f"{name} = {toml(value)}\n" for name, value in raw.items() if value is not None)


def complaint(path: Path) -> config.ConfigError | None:
    try:
        config.load(path, languages=LANGUAGES)
    except config.ConfigError as error:
        return error
    return None
