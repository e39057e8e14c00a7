"""An office's own look: colours, logo and font from one TOML file, checked before anybody sees it.

    logo = "logo.png"
    font = ["Office-Regular.ttf", "Office-Bold.ttf"]

    [day]
    call = { ink = "#ffffff", ground = "#003064" }
    hairline = "#d0d7e2"

    [night]
    page = { ink = "#dee4ee", ground = "#080c14" }

What is left out is the product's. A pair that is too faint to be read by everyone is named with its
contrast and not taken: a house style does not weigh more than a person who cannot read the number.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import fields, replace

from appliance.display.fonts import FontFiles
from appliance.display.theme import AAA_SIGN, AAA_TEXT, DAY, NIGHT, Colour, Pair, Theme
from appliance.errors import LobbyError

BYTES_MAX = 64 * 1024
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TABLES = ("day", "night")
_TOP = ("logo", "font", *_TABLES)


class ThemeError(LobbyError, ValueError):
    """A theme that cannot be used at all; the sentence says what to mend."""


@dataclass(frozen=True, slots=True, repr=False)
class Dress:
    """What a board wears.

    Args:
        day: Colours while people are about.
        night: Colours of the night.
        logo: A PNG for the header; None: none.
        font: In place of the product's; None: that one.
        warnings: What was not taken, a sentence each.
    """

    day: Theme = DAY
    night: Theme = NIGHT
    logo: Path | None = None
    font: FontFiles | None = None
    warnings: tuple[str, ...] = ()


def read_theme(path: Path) -> Dress:
    """Read a theme.

    Raises:
        ThemeError: It is not there, too large, or no TOML.
    """
    try:
        source = path.read_bytes()[: BYTES_MAX + 1]
        if len(source) > BYTES_MAX:
            raise ThemeError(f"theme {path} is larger than {BYTES_MAX} bytes. Is it a theme?")
        document = tomllib.loads(source.decode())
    except OSError as error:
        raise ThemeError(
            f"theme {path} cannot be read: {error.strerror}. Mend [look] theme."
        ) from (error)
    except ValueError as error:
        raise ThemeError(f"theme {path} is not TOML: {error}. Mend it.") from error
    return _Reading(path, document).dress()


class _Reading:
    """One reading of one file; gathers what is not taken."""

    def __init__(self, path: Path, document: dict[str, Any]) -> None:
        self._path = path
        self._document = document
        self._warnings: list[str] = []

    def dress(self) -> Dress:
        self._unknown(self._document, _TOP, "")
        day, night = (
            self._theme(name, usual) for name, usual in zip(_TABLES, (DAY, NIGHT), strict=True)
        )
        logo, font = self._logo(), self._font()
        return Dress(day, night, logo, font, tuple(self._warnings))

    def _theme(self, name: str, usual: Theme) -> Theme:
        table = self._document.get(name, {})
        if not isinstance(table, dict):
            self._refuse(name, "is no table of colours")
            return usual
        names = tuple(field.name for field in fields(usual))
        self._unknown(table, names, f"{name}.")
        taken: dict[str, Any] = {}
        for key in names:
            if key not in table:
                continue
            if key == "hairline":
                found: Colour | Pair | None = self._colour(f"{name}.{key}", table[key])
            else:
                found = self._pair(f"{name}.{key}", table[key])
            if found is not None:
                taken[key] = found
        return replace(usual, **taken)

    def _pair(self, at: str, raw: object) -> Pair | None:
        if not isinstance(raw, dict) or set(raw) != {"ink", "ground"}:
            self._refuse(at, 'is not like { ink = "#ffffff", ground = "#003064" }')
            return None
        ink, ground = (self._colour(f"{at}.{part}", raw[part]) for part in ("ink", "ground"))
        if ink is None or ground is None:
            return None
        pair = Pair(ink, ground)
        least = AAA_SIGN if "sign" in at else AAA_TEXT
        if pair.contrast() < least:
            self._refuse(
                at, f"has a contrast of {pair.contrast():.1f} : 1, and needs at least {least:g} : 1"
            )
            return None
        return pair

    def _colour(self, at: str, raw: object) -> Colour | None:
        if not isinstance(raw, str) or not _COLOUR.fullmatch(raw):
            self._refuse(at, 'is no colour such as "#003064"')
            return None
        return int(raw[1:3], 16), int(raw[3:5], 16), int(raw[5:7], 16)

    def _logo(self) -> Path | None:
        raw = self._document.get("logo")
        return None if raw is None else self._file("logo", raw)

    def _font(self) -> FontFiles | None:
        raw = self._document.get("font")
        if raw is None:
            return None
        if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004  (regular and bold)
            self._refuse("font", 'is not like ["Office-Regular.ttf", "Office-Bold.ttf"]')
            return None
        regular, bold = (self._file("font", each) for each in raw)
        return FontFiles(regular, bold) if regular and bold else None

    def _file(self, at: str, raw: object) -> Path | None:
        if not isinstance(raw, str) or not (found := self._path.parent / raw).is_file():
            self._refuse(at, f"names {raw!r}, which is not beside the theme")
            return None
        return found

    def _unknown(self, table: dict[str, Any], known: tuple[str, ...], prefix: str) -> None:
        for key in table.keys() - set(known):
            near = difflib.get_close_matches(key, known, 1)
            self._refuse(f"{prefix}{key}", f"is not known{f'; {near[0]!r}?' if near else ''}")

    def _refuse(self, at: str, why: str) -> None:
        self._warnings.append(f"theme {self._path}: {at} {why}. The product's own is used.")
