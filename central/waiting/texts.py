"""The texts of the pages, one TOML file a language."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from appliance.strings import Texts, read_entries

FOLDER = "strings"


def languages() -> tuple[str, ...]:
    """Give the languages that have a file, in alphabetical order."""
    files = (resources.files("central.waiting") / FOLDER).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


@lru_cache
def texts(language: str) -> Texts:
    """Give the texts of one of the `languages`."""
    source = resources.files("central.waiting") / FOLDER / f"{language}.toml"
    return Texts(language, read_entries(source.read_text("utf-8")))
