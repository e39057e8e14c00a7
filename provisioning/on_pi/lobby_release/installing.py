"""Releases beside each other: a virtual environment each, whole or not there."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from .ground import Places, ReleaseError, keep, must, named
from .signed import MANIFEST, SIGNATURE, VERSION, Manifest, fits, signed, verified

PIPS = Path("/usr/share/python-wheels/pip-*.whl")
SIGNED_BYTES_MAX = 1 << 20
"""Of the manifest and of its signature."""


def install(folder: Path, places: Places) -> str:
    """Install a release beside the others; what an interruption left of it is taken away first."""
    manifest = verified(folder, places.key)
    fits(manifest)
    home = places.releases / manifest.version
    done = home / ".complete"
    if done.exists():
        return f"release {manifest.version} is installed already"
    shutil.rmtree(home, ignore_errors=True)
    # Debian's own pip does it from outside: another one in each release costs a slow card seconds.
    pip = max(PIPS.parent.glob(PIPS.name), default=None)
    if pip is None:
        raise ReleaseError("Debian's pip is missing: install python3-venv")
    venv = ("venv", "--system-site-packages", "--without-pip")
    must("venv", "/usr/bin/python3", "-I", "-m", *venv, str(home))
    must(
        "pip",
        *(str(home / "bin/python"), "-I", str(pip / "pip"), "install", "--no-index", "--no-deps"),
        *("--no-cache-dir", "--require-hashes", "--disable-pip-version-check"),
        *("--find-links", str(folder), "-r", str(folder / "requirements.txt")),
    )
    must("the new release", str(home / "bin/lobby"), "--version")
    done.write_text(manifest.version, "ascii")
    os.sync()
    return f"installed release {manifest.version}"


def bring(folder: Path, places: Places) -> Manifest:
    """Copy what was fetched to where root alone writes, and look at it there.

    Who fetched it has no rights, and could change a file between the look and the use.

    Returns:
        What is in `places.brought`, under its version; its files are still to be verified.
    """
    draft = places.brought / ".new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        for name in (MANIFEST, SIGNATURE):
            copy(folder / name, draft / name, SIGNED_BYTES_MAX)
        manifest = signed(draft, places.key)
        for name, size in manifest.sizes.items():
            copy(folder / name, draft / name, size)
        home = places.brought / manifest.version
        shutil.rmtree(home, ignore_errors=True)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def copy(source: Path, target: Path, most: int) -> None:
    """Copy a file of at most so many bytes; not what a link leads to, a pipe or a device."""
    number = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(number, "rb") as file, target.open("xb") as out:  # noqa: PTH123  (a number, no path)
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise ReleaseError(f"{source} is no file: nothing of it is used")
        while most > 0 and (piece := file.read(min(most, 1 << 20))):
            out.write(piece)
            most -= len(piece)


def prune(places: Places) -> None:
    """Take away all but the one that runs and the one before, and what they came as."""
    kept = {named(places.current), named(places.previous)}
    for home in places.releases.iterdir():
        if home.name not in kept:
            shutil.rmtree(home, ignore_errors=True)
    for folder in places.brought.glob("*"):
        if (places.releases / folder.name / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)


def listed(places: Places) -> str:
    """Tell which releases there are."""
    runs = "runs, on trial" if places.on_trial.exists() else "runs"
    links = {named(places.previous): "before", named(places.current): runs}
    found = sorted(home.name for home in places.releases.glob("*") if (home / ".complete").exists())
    lines = [f"{name}  {links.get(name, '')}".rstrip() for name in found]
    lines += [f"{name}  unwanted: was worse here" for name in sorted(unwanted(places))]
    return "\n".join(lines) or "none"


def unwanted(places: Places) -> set[str]:
    """Give the versions that only a person takes again."""
    if not places.unwanted.exists():
        return set()
    return {line for line in places.unwanted.read_text("ascii").split() if VERSION.fullmatch(line)}


def note_unwanted(version: str, places: Places, *, is_so: bool) -> None:
    """Note of a version that it was worse here; or forget that."""
    known = unwanted(places)
    wanted = known | {version} if is_so else known - {version}
    if wanted == known:
        return
    keep(places.unwanted, "".join(f"{each}\n" for each in sorted(wanted)))
