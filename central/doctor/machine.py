"""The machine: its clock, its units, and the pages that it writes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from appliance.findings import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from appliance.findings import Finding
    from central.bookings.office import Office

    Ask = Callable[[Sequence[str]], str | None]

CLOCK, UNITS, PAGES = Part("clock"), Part("units"), Part("pages")
PAGE_S: Final = 120.0
"""A lobby speaks every 10 s, and each time its page is written."""
PATTERN: Final = "lobby-central*"


def clock(ask: Ask) -> Iterator[Finding]:
    """Look whether the time is right.

    Args:
        ask: Runs a program; gives what it said, or None where it is not there or fails.
    """
    said = ask(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    match (said or "").strip():
        case "yes":
            yield CLOCK.fine("The clock is synchronised.")
        case "no":
            yield CLOCK.wrong(
                "The clock is not synchronised: ends of certificates and codes are told wrongly.",
                "timedatectl set-ntp true; UDP port 123 to a time server must be open.",
            )
        case _:
            yield CLOCK.not_tried("The clock: timedatectl says nothing here.")


def units(ask: Ask) -> Iterator[Finding]:
    """Look whether what is switched on runs."""
    said = ask(["systemctl", "list-units", "--all", "--output=json", "--no-pager", PATTERN])
    try:
        rows = json.loads(said) if said is not None else None
    except ValueError:
        rows = None
    if rows is None:
        yield UNITS.not_tried("The units: systemctl says nothing here.")
        return
    if not rows:
        yield UNITS.wrong(
            "No unit of ours is started.", "systemctl enable --now lobby-central.target"
        )
        return
    ill = [row for row in rows if row["active"] == "failed" or _restarts(row)]
    for row in ill:
        yield UNITS.wrong(
            f"{row['unit']} does not run ({row['sub']}).", f"journalctl -u {row['unit']} -n 50"
        )
    if not ill:
        running = sum(row["active"] == "active" for row in rows)
        yield UNITS.fine(f"{running} units of {len(rows)} run, and none has failed.")


def _restarts(row: dict[str, str]) -> bool:
    return row["active"] == "activating" and row["sub"] == "auto-restart"


def pages(
    folder: Path, office: Office, clock_s: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Look whether the pages at home are of now.

    Args:
        folder: Where they are.
        office: Its lobbies have one each.
        clock_s: Gives the time, in seconds since 1970.
    """
    for lobby in office.lobbies:
        name = f"{lobby.site}/{lobby.id}"
        path = folder / name / "wait.json"
        try:
            stale = bool(json.loads(path.read_text("utf-8"))["stale"])
            age_s = clock_s() - path.stat().st_mtime
        except (OSError, ValueError, KeyError, TypeError):
            yield PAGES.wrong(
                f"There is no page for {name}.",
                "See whether its desk is connected, and lobby-central-wait-pages runs.",
            )
            continue
        if stale:
            yield PAGES.wrong(
                f"The page of {name} is old: nothing is heard from there.",
                "Look at its desk: lobby status on the Pi.",
            )
        elif age_s > PAGE_S:
            yield PAGES.wrong(
                f"The page of {name} was not written for {age_s / 60:.0f} minutes.",
                "systemctl restart lobby-central-wait-pages",
            )
        else:
            yield PAGES.fine(f"The page of {name} is of now.")
