"""Builds a release: wheels of everything for one kind of machine, their hashes, and a signature.

Built once, at the IT desk; the Pis need no package index and get the same bytes. It is signed with
a key of its own (Ed25519), whose public half provisioning puts on every Pi.

A release is a folder: the wheels, `requirements.txt` with a hash for each, `release.json` that
names every file with its hash and size, and `release.sig` over that. It can be pushed over SSH, or
put on a web server from which the Pis fetch it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from packaging.utils import canonicalize_name, parse_wheel_filename

from appliance.errors import LobbyError
from appliance.files import write_atomically
from central.keys.key_files import KeyringError, read_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION: Final = re.compile(r"\d+(\.\d+){1,3}")
# Wheels of today run on glibc 2.28 and newer: Debian 10.
PLATFORMS: Final = ("manylinux_2_28_{}", "manylinux_2_17_{}", "manylinux2014_{}")
# Debian's stay in use on a Pi: see docs/adr/0002-packages.md.
FROM_DEBIAN: Final = ("numpy", "pygame")


class ReleaseError(LobbyError):
    """A release cannot be built or used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a release is for.

    Args:
        machine: As `uname -m` says: `aarch64` for a Pi.
        python: Version of its Python: `3.13` on Debian 13.
        pi: numpy and pygame come from Raspberry Pi OS.
    """

    machine: str = "aarch64"
    python: str = "3.13"
    pi: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    """A release, as it lies here.

    Args:
        folder: Where.
        version: Of the appliance in it.
        machine: As in `Target`.
        python: The same.
        sums: File → SHA-256 in hex, of every file, those of the signature too.
    """

    folder: Path
    version: str
    machine: str
    python: str
    sums: dict[str, str]


def new_key(path: Path) -> Path:
    """Make the key that signs releases; give the path of its public half.

    Raises:
        ReleaseError: There is one, or it cannot be written.
    """
    public = path.with_suffix(".pub")
    if path.exists():
        raise ReleaseError(f"{path} exists, and is never overwritten")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        write_atomically(public, _public_pem(key))
        write_atomically(path, pem, mode=0o600)
    except OSError as error:
        raise ReleaseError(f"cannot write {path}: {error.strerror}") from error
    return public


def build(source: Path, out: Path, key: Path, target: Target) -> Built:
    """Build and sign a release.

    Args:
        source: A checkout; what it pins is what is taken.
        out: Folder of releases; the release's own is named after its version.
        key: Private half, from `new_key`.
        target: What it is for.

    Raises:
        ReleaseError: A wheel is missing, the version has another form, the key cannot be used.
    """
    version = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if VERSION.fullmatch(version) is None:
        raise ReleaseError(f"{version!r} is no version such as 1.4.0: change pyproject.toml")
    try:
        signer = read_private(key)
    except KeyringError as error:
        raise ReleaseError(str(error)) from error
    folder, draft = out / version, out / f".{version}.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _own_wheel(source, draft)
    _others_wheels(source, draft, target)
    (draft / "requirements.txt").write_text(_requirements(draft), "ascii")
    told = {
        "version": version,
        "machine": target.machine,
        "python": target.python,
        "files": {path.name: _sum(path) for path in sorted(draft.iterdir())},
        "sizes": {path.name: path.stat().st_size for path in sorted(draft.iterdir())},
    }
    text = json.dumps(told, indent=1).encode()
    (draft / "release.json").write_bytes(text)
    (draft / "release.sig").write_bytes(signer.sign(text))
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return read(folder, key.with_suffix(".pub").read_bytes())


def read(folder: Path, public_pem: bytes) -> Built:
    """Read a release, and see that it is whole and signed.

    Raises:
        ReleaseError: It is not.
    """
    public = serialization.load_pem_public_key(public_pem)
    try:
        text, signature = (folder / "release.json").read_bytes(), folder / "release.sig"
        public.verify(signature.read_bytes(), text)  # type: ignore[union-attr,call-arg]  # Ed25519: see `new_key`
        told = json.loads(text)
        sums = {path.name: _sum(path) for path in sorted(folder.iterdir())}
    except OSError as error:
        raise ReleaseError(f"{folder} is no release: {error.strerror}; build one") from error
    except InvalidSignature:
        raise ReleaseError(f"{folder} is not signed with this key: build it again") from None
    signed = {"release.json", "release.sig"}
    if {name: digest for name, digest in sums.items() if name not in signed} != told["files"]:
        raise ReleaseError(f"{folder} is not as it was signed: build it again")
    return Built(folder, told["version"], told["machine"], told["python"], sums)


def _own_wheel(source: Path, draft: Path) -> None:
    # From a copy: setuptools leaves a build/ behind, and takes what lies in an old one.
    copy = draft.with_name(f"{draft.name}.source")
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    try:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(source / name, copy)
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source / "appliance", copy / "appliance", ignore=unwanted)
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(draft), str(copy))
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _others_wheels(source: Path, draft: Path, target: Target) -> None:
    left_out = FROM_DEBIAN if target.pi else ()
    (own,) = draft.glob("lobby_appliance-*.whl")
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    pins = (source / "constraints.txt").read_text("utf-8").splitlines()
    kept = [pin for pin in pins if pin.partition("==")[0] not in left_out]
    constraints = draft / "constraints.txt"
    constraints.write_text("\n".join(kept), "utf-8")
    platforms = [f"--platform={each.format(target.machine)}" for each in PLATFORMS]
    wanted = [each for each in project["dependencies"] if not each.startswith(left_out or ("\0",))]
    _pip(
        *("download", "--only-binary=:all:", "--implementation=cp"),
        *(f"--python-version={target.python}", *platforms),
        *("--constraint", str(constraints), "--dest", str(draft)),
        *wanted,
    )
    constraints.unlink()
    # pip brought them along for others that ask for them.
    for name in left_out:
        for path in draft.glob(f"{name}-*.whl"):
            path.unlink()
    if not own.exists():
        raise ReleaseError("the appliance's own wheel is gone: a dependency has its name")


def _requirements(folder: Path) -> str:
    """Give what pip is to install, with hashes (pip's hash-checking mode)."""
    return "".join(
        f"{canonicalize_name(name)}=={version} --hash=sha256:{_sum(path)}\n"
        for path in sorted(folder.glob("*.whl"))
        for name, version, *_ in [parse_wheel_filename(path.name)]
    )


def _pip(*arguments: str) -> None:
    command: Sequence[str] = (sys.executable, "-m", "pip", *arguments, "--quiet")
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  (ours)
    if done.returncode != 0:
        raise ReleaseError(f"pip {arguments[0]} failed: {_last(done.stderr.splitlines())}")


def _last(lines: Iterable[str]) -> str:
    told = [line for line in lines if line.startswith("ERROR")] or list(lines)
    return " / ".join(told[-3:]) or "without a word"


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
