"""Who is let in by a broker: CONNECT with name and password, and its CONNACK (MQTT 3.1.1)."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PATIENT_S: Final = 10.0


def let_in(path: Path, login: str, password: str) -> bool:
    """Knock at a broker's unix socket, or at a tunnel to it."""
    words = b"".join(
        len(word).to_bytes(2, "big") + word.encode() for word in (login, login, password)
    )
    told = b"\x00\x04MQTT\x04\xc2\x00\x3c" + words
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(PATIENT_S)
        knocking.connect(str(path))
        try:
            knocking.sendall(b"\x10" + bytes([len(told)]) + told)
            return knocking.recv(4) == b"\x20\x02\x00\x00"
        except ConnectionError:
            return False
