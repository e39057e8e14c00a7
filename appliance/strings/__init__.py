"""Texts for people: one TOML file per language, which a translator can edit.

A further language is one more file; `tests/test_strings.py` holds the files together. A text is
addressed by `section.key` and takes its facts by name.

German and English say everything. The other files say what visitors read; what only staff read,
and what nobody has translated yet, is said in the language behind theirs. See docs/languages.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

import msgspec

_HEAD = re.compile(r"^\[([a-z_]+)\]$", re.MULTILINE)
_LONG_TEXT = '"""'

HERE = Path(__file__).parent
"""By its path, as the package always lies in a folder: `importlib.resources`, which could read it
out of an archive too, takes 3 ms to load, in every process."""

COMPLETE = ("de", "en")
"""The languages that say everything, to visitors and to staff."""


class Texts(msgspec.Struct, frozen=True):
    """The texts of one language.

    Args:
        language: The file's name without its ending, as in BCP 47: `de`, `en`.
        entries: `section.key` → text with `{placeholders}`.
    """

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Give the text for `key`, its placeholders filled: dates and times as people write them.

        Raises:
            KeyError: There is no such text, or a fact that it needs was not given.
        """
        return self.entries[key].format(**{name: _shown(fact) for name, fact in facts.items()})


def languages() -> tuple[str, ...]:
    """Give the languages that have a file, in alphabetical order."""
    return tuple(sorted(file.stem for file in HERE.glob("*.toml")))


@lru_cache
def texts(language: str, *sections: str) -> Texts:
    """Give the texts of `language`.

    Args:
        language: Its code.
        sections: Only these, for who needs few of them: a whole file takes 6 ms to read. None
            named: all.

    Raises:
        LookupError: There is no file for it; the message names those that there are.
    """
    if language not in languages():
        raise LookupError(f"no texts for language '{language}'; there are {', '.join(languages())}")
    entries = _entries(language, sections)
    if language not in COMPLETE:
        entries = {**_entries(behind(language), sections), **entries}
    return Texts(language, entries)


def behind(language: str) -> str:
    """Give the language in which is said what `language` has no words for.

    That is the one which it is a variant of, such as German for `de-simple`; else English.
    """
    base = language.partition("-")[0]
    return base if base in COMPLETE else "en"


def _entries(language: str, sections: tuple[str, ...]) -> Mapping[str, str]:
    source = (HERE / f"{language}.toml").read_text("utf-8")
    return read_entries(_only(source, sections) if sections else source)


def read_entries(source: str) -> Mapping[str, str]:
    """Read a string file: `section.key` → text.

    Raises:
        tomllib.TOMLDecodeError: It is not TOML.
    """
    return {
        f"{section}.{key}": text
        for section, group in tomllib.loads(source).items()
        for key, text in group.items()
    }


def _only(source: str, sections: tuple[str, ...]) -> str:
    """Give the part of a string file that holds these sections; all of it where that is unclear."""
    if _LONG_TEXT in source:
        return source
    heads = [(head.start(), head[1]) for head in _HEAD.finditer(source)]
    ends = [begin for begin, _ in heads[1:]] + [len(source)]
    return "".join(
        source[begin:end]
        for (begin, section), end in zip(heads, ends, strict=True)
        if section in sections
    )


def _shown(fact: object) -> object:
    """Give a fact as it stands in a sentence: every site is in Germany, whatever the language.

    A moment is left as it is: the text says which part of it is told.
    """
    match fact:
        case datetime():
            return fact
        case date():
            return f"{fact:%d.%m.%Y}"
        case time():
            return f"{fact:%H:%M}"
        case _:
            return fact
