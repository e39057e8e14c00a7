"""Which release runs: one takes over from another, and gives way again if the lobby is worse."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

from .ground import Places, ReleaseError, WorseError, must, named, run, sync_folder
from .installing import note_unwanted, prune
from .lobby import HEALTHY_WITHIN_S, all_active, restart, state, wait_for, worse
from .on_trial import Trial, note, over, pending
from .signed import VERSION, parts
from .trial import gate

MAKE_S = 180.0
CLIPS = "/var/lib/lobby-sound"
CUTS_MAX = 1
"""A power cut is nobody's fault; a machine that goes off again and again is."""


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
    """Let a release take over, and come back to the one before if the lobby is worse then.

    A trial that was interrupted is brought to its end first.
    """
    try:
        judge(places)
    except WorseError as error:
        if error.version == version:
            raise
    current = allowed(version, places, older=older)
    if current == version:
        return f"release {version} runs already"
    new = places.releases / version
    must("its configuration", str(new / "bin/lobby"), "check", str(places.settings))
    if current is None:
        point(places.current, new)
        return f"release {version} is the first; its units are not started yet"
    gate(new, places)
    trial = Trial(version, current, named(places.previous), state(places), boot(places))
    note(trial, places)
    point(places.previous, places.releases / current)
    point(places.current, new)
    lay_out(new, places)
    return conclude(trial, worse(trial.was, places), places)


def judge(places: Places) -> str:
    """Go on with a trial that was interrupted, from wherever it was, to its end.

    After a boot the processes are watched as they come up: they are those of the release already.
    Where only the installer was ended they may be those of the one before, and are started anew.

    Raises:
        WorseError: The release is worse, and was taken back.
    """
    begun = pending(places)
    if begun is None:
        return "no release is on trial"
    if begun.why:
        return conclude(begun, begun.why, places)
    if named(places.current) != begun.version:
        restore(places.previous, begun.before_that, places)
        over(places)
        return f"release {begun.version} had not taken over yet; {begun.instead_of} runs"
    trial = begun.in_boot(boot(places))
    note(trial, places)
    booted = trial != begun
    home = places.releases / trial.version
    if not booted:
        lay_out(home, places)
    if trial.cuts > CUTS_MAX:
        why: str | None = "the machine went off again while it was tried"
    else:
        why = worse(trial.was, places, booted=booted)
    said = conclude(trial, why, places)
    if booted:
        # The lobby first: the cut may have come before pages and clips were made.
        lay_out(home, places)
    return said


def conclude(trial: Trial, why: str | None, places: Places) -> str:
    """End a trial: the release stays, or the one before comes back.

    Args:
        trial: Of which release.
        why: It is worse; None: it is not.
        places: Where things are.

    Raises:
        WorseError: It is worse, and was taken back.
    """
    if why is not None:
        after = put_back(trial.found_worse(why), places)
        raise WorseError(trial.version, f"release {trial.version} is worse: {why}; {after}")
    note_unwanted(trial.version, places, is_so=False)
    over(places)
    prune(places)
    return f"release {trial.version} runs in place of {trial.instead_of}"


def put_back(trial: Trial, places: Places) -> str:
    """Let the release run again that a worse one took over from; tell how that went.

    Each step may be done again: the verdict is on the card before the first.
    """
    home, units = places.releases / trial.instead_of, trial.was.units
    note(trial, places)
    began_s = time.monotonic()
    point(places.current, home)
    restart(units)
    note_unwanted(trial.version, places, is_so=True)
    up = wait_for(lambda: all_active(units), HEALTHY_WITHIN_S)
    took_s = time.monotonic() - began_s
    if trial.before_that != trial.version:
        restore(places.previous, trial.before_that, places)
    lay_out(home, places)
    over(places)
    after = f"runs again, after {took_s:.0f} s" if up else "was put back, and DOES NOT START"
    return f"{trial.instead_of} {after}. The journal is kept"


def back(places: Places) -> str:
    """Let the release take over that ran before; the one that runs is not taken again by itself.

    That is the verdict on one that is still on trial.
    """
    trial = pending(places)
    if trial is not None and named(places.current) == trial.version:
        return put_back(trial.found_worse("it was taken back by hand"), places)
    judge(places)
    current, version = named(places.current), named(places.previous)
    if version is None or version == current:
        raise ReleaseError("there was none before")
    said = switch(version, places)
    if current is not None:
        note_unwanted(current, places, is_so=True)
    return said


def point(link: Path, home: Path) -> None:
    """Let a link lead to a release, from one moment to the next; on the card when this returns."""
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(home)
    draft.replace(link)
    sync_folder(link.parent)


def restore(link: Path, version: str | None, places: Places) -> None:
    """Let a link lead where it led before, if it led anywhere."""
    if version is not None:
        point(link, places.releases / version)


def boot(places: Places) -> str:
    """Give the id of this start of the machine."""
    return places.boot.read_text("ascii").strip()


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
