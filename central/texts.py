"""The texts of the mails, one TOML file a language, and how days and times are said in them."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from appliance.strings import Texts, read_entries

if TYPE_CHECKING:
    from datetime import datetime


def languages() -> tuple[str, ...]:
    """Give the languages that have a file, in alphabetical order."""
    files = (resources.files("central") / "strings").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


@lru_cache
def texts(language: str) -> Texts:
    """Give the texts of one of the `languages`."""
    source = (resources.files("central") / "strings" / f"{language}.toml").read_text("utf-8")
    return Texts(language, read_entries(source))


def said_date(words: Texts, at: datetime) -> str:
    """Say a day with its weekday, as one would aloud."""
    weekday = words(f"calendar.day_{at.isoweekday()}")
    month = words(f"calendar.month_{at.month}")
    return words("calendar.date", weekday=weekday, day=at.day, month=month, year=at.year)


def said_time(at: datetime) -> str:
    """Say a time, as 9:05."""
    return f"{at.hour}:{at.minute:02}"
