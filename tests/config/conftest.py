"""A configuration that is right, and a way to see what is said about one that is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from appliance import config

LANGUAGES: Final = ("de", "en")

RIGHT: Final = """\
[site]
id = "SUED"
name = "Jobcenter Musterstadt Süd"

[lobby]
id = "EINGANG"
name = "Eingangszone"

[device]
name = "eingang-1"

[[service]]
code = "A10"
letter = "A"
minutes = 6
text = { de = "Unterlagen abgeben", en = "Hand in documents" }

[[service]]
code = "B20"
letter = "B"
minutes = 9
text = { de = "Neuantrag" }

[[counter]]
id = "1"
services = ["A10", "B20"]

[[counter]]
id = "2"
services = ["B20"]

[camera]
kind = "picamera2"

[printer]
kind = "network"
host = "192.0.2.17"

[buttons]
kind = "gpio"

[[button]]
service = "A10"
pin = 17

[[button]]
service = "B20"
pin = 27
"""


@dataclass(frozen=True)
class Desk:
    """Where an administrator sits, with one file to edit."""

    file: Path

    def write(self, text: str) -> None:
        """Save the file."""
        self.file.write_text(text, "utf-8")

    def load(self) -> config.Settings:
        """Load it."""
        return config.load(self.file, languages=LANGUAGES)

    def load_right(self, *edits: tuple[str, str]) -> config.Settings:
        """Load the right configuration after these replacements, each in its first place."""
        self.write(edited(*edits))
        return self.load()

    def problems(self, *edits: tuple[str, str]) -> list[str]:
        """Give what is said about the right configuration after these replacements."""
        self.write(edited(*edits))
        return self.problems_now()

    def problems_now(self) -> list[str]:
        """Give what is said about the file, without its name."""
        with pytest.raises(config.ConfigError) as caught:
            self.load()
        return [str(problem).removeprefix(str(self.file)) for problem in caught.value.problems]


def edited(*edits: tuple[str, str]) -> str:
    """Give the right configuration after these replacements; "" stands for its end."""
    text = RIGHT
    for old, new in edits:
        assert old in text, f"{old!r} is not in the right configuration"
        text = text.replace(old, new, 1) if old else text + new
    return text


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "lobby.toml")
