"""What a release is: files that the office signed, and nothing beside them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ground import ReleaseError, run

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "release.json"
SIGNATURE = "release.sig"
VERSION = re.compile(r"\d+(\.\d+){1,3}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,200}")


@dataclass(frozen=True)
class Manifest:
    """What stands in a release's `release.json`, which is signed.

    Args:
        version: Such as `1.4.0`.
        python: What it is for, such as `3.13`.
        machine: The same, as `uname -m` says.
        files: Name → SHA-256, in hex.
        sizes: Name → bytes.
    """

    version: str
    python: str
    machine: str
    files: dict[str, str]
    sizes: dict[str, int]


def signed(folder: Path, key: Path) -> Manifest:
    """Give what a folder's release says of itself, if the office signed that.

    Its files are not looked at: see `verified`.
    """
    text = folder / MANIFEST
    check = run(
        *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"),
        *("-in", str(text), "-sigfile", str(folder / SIGNATURE)),
    )
    if check.returncode != 0:
        raise ReleaseError(f"{folder} is not signed by the office: nothing of it is used")
    try:
        told = json.loads(text.read_bytes())
        sizes = {str(name): int(size) for name, size in told["sizes"].items()}
        manifest = Manifest(told["version"], told["python"], told["machine"], told["files"], sizes)
        well = set(manifest.files) == set(sizes) and all(map(NAME.fullmatch, manifest.files))
    except (ValueError, KeyError, TypeError, AttributeError):
        well = False
    if not well:
        raise ReleaseError(f"{folder} is signed, and not of a form that is known: build it anew")
    if VERSION.fullmatch(manifest.version) is None:
        raise ReleaseError(f"{manifest.version!r} is no version such as 1.4.0")
    return manifest


def verified(folder: Path, key: Path) -> Manifest:
    """Give what is in a folder, if the office signed it and every file is as signed."""
    manifest = signed(folder, key)
    there = {path.name for path in folder.iterdir()} - {MANIFEST, SIGNATURE}
    if there != set(manifest.files):
        odd = ", ".join(sorted(there ^ set(manifest.files)))
        raise ReleaseError(f"{folder} has other files than were signed: {odd}; bring it again")
    for name in manifest.files:
        if not as_signed(folder / name, manifest, name):
            raise ReleaseError(f"{folder / name} is not as it was signed: bring it again")
    return manifest


def as_signed(path: Path, manifest: Manifest, name: str) -> bool:
    """Tell whether a file has the content that was signed under a name."""
    if path.stat().st_size != manifest.sizes[name]:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == manifest.files[name]


def fits(manifest: Manifest) -> None:
    """See whether a release was made for this machine."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if (manifest.python, manifest.machine) != (python, os.uname().machine):
        raise ReleaseError(
            f"release {manifest.version} is for Python {manifest.python} on {manifest.machine};"
            f" this is {python} on {os.uname().machine}: build one for it"
        )


def parts(version: str) -> tuple[int, ...]:
    """Give a version for comparison."""
    return tuple(map(int, version.split(".")))
