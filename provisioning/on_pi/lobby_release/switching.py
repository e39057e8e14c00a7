"""Which release runs: one takes over from another, and gives way again if the lobby is worse."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from .ground import Places, ReleaseError, must, named, run
from .installing import note_unwanted, prune
from .lobby import HEALTHY_WITHIN_S, all_active, restart, state, wait_for, worse
from .signed import VERSION, parts
from .trial import gate

MAKE_S = 180.0
CLIPS = "/var/lib/lobby-sound"


def allowed(version: str, places: Places, *, older: bool) -> str | None:
    """Give the version that runs, if another may take over from it."""
    if VERSION.fullmatch(version) is None or not (places.releases / version / ".complete").exists():
        raise ReleaseError(f"release {version} is not installed: `lobby-release list`")
    current = named(places.current)
    if current is None or older or version == named(places.previous):
        return current
    if parts(version) < parts(current):
        raise ReleaseError(
            f"release {version} is older than {current}, which runs: say --older if that is meant"
        )
    return current


def switch(version: str, places: Places, *, older: bool = False) -> str:
    """Let a release take over, and come back to the one before if the lobby is worse then."""
    current = allowed(version, places, older=older)
    if current == version:
        return f"release {version} runs already"
    new = places.releases / version
    must("its configuration", str(new / "bin/lobby"), "check", str(places.settings))
    if current is None:
        point(places.current, new)
        return f"release {version} is the first; its units are not started yet"
    gate(new, places)
    before, older_one = state(places), named(places.previous)
    point(places.previous, places.releases / current)
    point(places.current, new)
    lay_out(new, places)
    why = worse(before, places)
    if why is None:
        note_unwanted(version, places, is_so=False)
        prune(places)
        return f"release {version} runs in place of {current}"
    began_s = time.monotonic()
    point(places.current, places.releases / current)
    restart(before.units)
    note_unwanted(version, places, is_so=True)
    up = wait_for(lambda: all_active(before.units), HEALTHY_WITHIN_S)
    took_s = time.monotonic() - began_s
    if older_one not in {None, version}:
        point(places.previous, places.releases / str(older_one))
    lay_out(places.releases / current, places)
    after = f"runs again, after {took_s:.0f} s" if up else "was put back, and DOES NOT START"
    raise ReleaseError(f"release {version} is worse: {why}; {current} {after}. The journal is kept")


def back(places: Places) -> str:
    """Let the release take over that ran before; the one that runs is not taken again by itself."""
    current, version = named(places.current), named(places.previous)
    if version is None or version == current:
        raise ReleaseError("there was none before")
    said = switch(version, places)
    if current is not None:
        note_unwanted(current, places, is_so=True)
    return said


def point(link: Path, home: Path) -> None:
    """Let a link lead to a release, from one moment to the next."""
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(home)
    draft.replace(link)
    os.sync()


def lay_out(home: Path, places: Places) -> None:
    """Have a release make what it is served and spoken with: the pages, the board's clips.

    A lobby works without either; that they are as the release wants them is seen to again by the
    next provisioning.
    """
    lobby = str(home / "bin/lobby")
    if places.pages.exists():
        _make(lobby, "pages", "--out", str(places.pages))
    sound = places.configuration().get("sound", {"kind": "none"})
    if sound["kind"] != "none" and _make(lobby, "sound", "render"):
        (places.root / Path(sound.get("clips", CLIPS)).relative_to("/") / ".rendered").touch()


def _make(*command: str) -> bool:
    """Tell whether a program did its work; in time."""
    with suppress(subprocess.TimeoutExpired):
        return run(*command, timeout_s=MAKE_S).returncode == 0
    return False
