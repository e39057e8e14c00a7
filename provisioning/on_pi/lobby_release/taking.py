"""Takes what was fetched, by itself, at night: with all rights, and without a network."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, time
from typing import TYPE_CHECKING

from .ground import Places, ReleaseError, named, run
from .installing import bring, install, unwanted
from .signed import VERSION, parts
from .switching import judge, switch

if TYPE_CHECKING:
    from pathlib import Path

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Span:
    """Hours of a day, such as `03:40-05:40`; the second time is not among them.

    Args:
        text: As written.
    """

    def __init__(self, text: str) -> None:
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        one, two, three, four = map(int, found.groups())
        self.begins, self.ends = time(one, two), time(three, four)

    def __contains__(self, moment: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def take(
    fetched: Path, places: Places, hours: Span | None = None, now: datetime | None = None
) -> str:
    """Install the newest release of those that were fetched, and let it take over.

    Args:
        fetched: Folder of releases, in which others may write.
        places: Where things are.
        hours: Only then. A timer whose hour was passed over by a clock that was set rings at once:
            in the middle of the morning, people would wait for a lobby that starts anew.
        now: On the wall; None: look.

    Raises:
        WorseError: A release of which the trial had been interrupted is worse. Taken is none then.
    """
    judge(places)
    found = [path for path in fetched.glob("*") if VERSION.fullmatch(path.name)]
    if not found:
        return "nothing was fetched"
    if hours is not None:
        if (now or datetime.now().astimezone()).time() not in hours:
            return f"a release was fetched; it takes over between {hours}"
        if now is None and not clock_is_set():
            return "a release was fetched; nobody knows what time it is, so it waits"
    manifest = bring(max(found, key=lambda path: parts(path.name)), places)
    version, current = manifest.version, named(places.current)
    if version == current or version in unwanted(places):
        return f"release {version} is not taken again"
    if current is not None and parts(version) < parts(current):
        raise ReleaseError(f"release {version} is older than {current}, which runs")
    said = [install(places.brought / version, places), switch(version, places)]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return "\n".join(said)


def clock_is_set() -> bool:
    """Tell whether the time came from a server in this boot."""
    told = run("timedatectl", "show", "-p", "NTPSynchronized", "--value", timeout_s=20.0)
    return told.stdout.strip() == "yes"
