"""A cable between a program and a server, which a test can cut, or hold.

Held, nothing comes through, and nobody is told. It may want to be dialled as an HTTP proxy.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tests.support.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

ENDS_WITHIN_S = 5.0
CHUNK = 65536


class Cable:
    """Carries bytes both ways.

    Args:
        target: Host and port of the server.
        proxy: Wants to be asked with CONNECT before it carries anything.
    """

    def __init__(self, target: tuple[str, int], *, proxy: bool = False) -> None:
        self._target = target
        self._proxy = proxy
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._free = threading.Event()
        self._free.set()
        self.asked: list[bytes] = []
        self.plugged = 0
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._free.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(ENDS_WITHIN_S)

    def cut(self) -> None:
        """Tear it off: both sides see a reset or an end. The next connection gets through."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """Carry nothing any more, and say nothing."""
        self._free.clear()

    def let_go(self) -> None:
        """Carry again."""
        self._free.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.plugged += 1
                self._spawn(self._carry, near)

    def _carry(self, near: socket.socket) -> None:
        with near:
            self._free.wait()
            if self._proxy:
                asked = b""
                while not asked.endswith(b"\r\n\r\n"):
                    asked += near.recv(1) or b"\r\n\r\n"
                self.asked.append(asked)
            try:
                far = socket.create_connection(self._target, 5.0)
            except OSError:
                return
            far.settimeout(None)
            if self._proxy:
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with far:
                with self._lock:
                    self._ends += [near, far]
                back = self._spawn(self._pipe, far, near)
                self._pipe(near, far)
                back.join()

    def _pipe(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._free.wait()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _spawn(self, do: Callable[..., None], *arguments: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=do, args=arguments, name="cable", daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread
