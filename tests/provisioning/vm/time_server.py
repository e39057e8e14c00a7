"""An office's time server: tells the time of this computer over NTP, to whoever asks (RFC 5905)."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

PORT: Final = 123
STOP_S: Final = 5.0
_EPOCH_S: Final = 2_208_988_800
"""NTP counts seconds from 1900."""
_PACKET: Final = struct.Struct("!BBbbIII8s8s8s8s")


class TimeServer:
    """Answers while it is entered.

    Args:
        host: Where it listens.
        port: The same; 0: any.
    """

    def __init__(self, host: str, port: int = PORT) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self._socket.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="time-server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(STOP_S)
        self._socket.close()

    def _answer(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError, OSError):
                asked, sender = self._socket.recvfrom(512)
                if len(asked) >= _PACKET.size:
                    self._socket.sendto(answer(asked, time.time()), sender)


def answer(asked: bytes, now_s: float) -> bytes:
    """Answer a client.

    Args:
        asked: Its packet.
        now_s: Seconds since 1970.
    """
    now = _stamp(now_s)
    version, server, stratum, precision = (asked[0] >> 3) & 7, 4, 2, -20
    head = (version << 3) | server
    # What the client sent last comes back, so that it knows its own question again.
    return _PACKET.pack(
        head, stratum, asked[2], precision, 0, 0, 0x7F000001, now, asked[40:48], now, now
    )


def _stamp(now_s: float) -> bytes:
    return struct.pack("!II", int(now_s) + _EPOCH_S & 0xFFFFFFFF, int(now_s % 1 * 2**32))
