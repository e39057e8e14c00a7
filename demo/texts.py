"""The demonstration's own texts, together with those of the appliance."""

from __future__ import annotations

from pathlib import Path

from appliance.strings import Texts, read_entries, texts

FOLDER = Path(__file__).parent / "strings"


def demo_texts(language: str) -> Texts:
    """Give all texts of `language`.

    Raises:
        LookupError: The appliance does not speak it.
    """
    own = read_entries((FOLDER / f"{language}.toml").read_text("utf-8"))
    return Texts(language, {**texts(language).entries, **own})
