"""An office's time server: tells the time of this computer over NTP, to whoever asks (RFC 5905)."""

from __future__ import annotations

import struct
import threading
import time
from contextlib import contextmanager
from socketserver import BaseRequestHandler, UDPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT: Final = 123
STOP_S: Final = 5.0
_EPOCH_S: Final = 2_208_988_800
"""NTP counts seconds from 1900."""
_PACKET: Final = struct.Struct("!BBbbIII8s8s8s8s")


class _Asked(BaseRequestHandler):
    """A packet that came."""

    def handle(self) -> None:
        packet, socket = self.request
        if len(packet) >= _PACKET.size:
            socket.sendto(answer(packet, time.time()), self.client_address)


@contextmanager
def time_server(host: str, port: int = PORT) -> Iterator[int]:
    """Answer, and give the port.

    Args:
        host: Where it listens.
        port: The same; 0: any.
    """
    with UDPServer((host, port), _Asked) as server:
        thread = threading.Thread(target=server.serve_forever, name="time-server")
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(STOP_S)


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
