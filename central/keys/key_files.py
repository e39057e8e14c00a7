"""The files of a key: the private half for its owner alone, the public half for everyone."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.keys.card import CardError, read_card

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.checkin.keys import TrustedKey

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyringError(ValueError):
    """A key cannot be made, read or used; the sentence says what to do."""


def read_private(path: Path) -> Ed25519PrivateKey:
    """Read a private half.

    Raises:
        KeyringError: It is missing, damaged, of another kind, or others may read it.
    """
    try:
        mode, pem = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except OSError as error:
        raise KeyringError(f"cannot read {path}: {error.strerror}") from error
    if mode & _OTHERS:
        raise KeyringError(f"others may read {path}: make a new key, or `chmod 600` this one")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyringError(f"{path} is not a private key in PEM form: restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyringError(f"{path} is a key of another kind: Ed25519 is needed")
    return key


def read_public(path: Path) -> TrustedKey:
    """Read what a trust list is to say of a key.

    Raises:
        KeyringError: It is missing or damaged.
    """
    try:
        return read_card(path.read_bytes())
    except OSError as error:
        raise KeyringError(f"cannot read {path}: {error.strerror}") from error
    except CardError as error:
        raise KeyringError(f"{path}: {error}") from error


def destroy(path: Path) -> None:
    """Overwrite and remove a private half. Best effort: flash and backups keep what was there.

    Raises:
        OSError: It is not ours to remove.
    """
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
