"""Releases that are worse than what they are made of, each in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def falls_over_at_work(appliance: Path) -> None:
    """Spoil a release so that its board starts, says so, and ends."""
    spoil(appliance / "board" / "screen.py", "while not stop.is_set()", "while stop.is_set()")


def hangs_as_it_starts(appliance: Path) -> None:
    """Spoil a release so that its board neither comes up nor ends."""
    first = "from __future__ import annotations"
    spoil(appliance / "board" / "screen.py", first, f"{first}\nimport time\ntime.sleep(3600)")


def has_no_desk(appliance: Path) -> None:
    """Spoil a release so that its desk does not start."""
    spoil(
        appliance / "desk" / "loop.py", "from __future__ import annotations", "raise SystemExit(3)"
    )


def spoil(path: Path, old: str, new: str) -> None:
    """Put other words into a file of it."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
