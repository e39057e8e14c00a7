"""What satellites told of their passwords: hashes, kept at the IT desk for the desks' Pis.

A password is made on the Pi whose process uses it, and never leaves it. The broker it is for is on
another one, and needs its hash. These lie beside the inventory, a file a satellite, so that a spare
desk's Pi gets them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.errors import LobbyError
from appliance.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER: Final = "satellites"


class GuestsError(LobbyError, OSError):
    """The hashes cannot be kept; the sentence says why."""


def known(office: Path) -> Mapping[str, str]:
    """Give login → hash, of all satellites.

    Args:
        office: Folder of the inventory.
    """
    lines = (
        line.partition(":")
        for path in sorted((office / FOLDER).glob("*"))
        for line in path.read_text("ascii").splitlines()
    )
    return {login: told for login, found, told in lines if found}


def keep(office: Path, device: str, told: Iterable[str]) -> None:
    """Keep what a satellite told.

    Args:
        office: Folder of the inventory.
        device: Its id.
        told: Lines `login:hash`.

    Raises:
        GuestsError: They cannot be written.
    """
    path = office / FOLDER / device
    try:
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, "".join(f"{line}\n" for line in told).encode())
    except OSError as error:
        raise GuestsError(f"cannot write {path}: {error.strerror}") from error
