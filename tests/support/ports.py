"""Loopback ports for servers that a test starts."""

from __future__ import annotations

import socket
from contextlib import ExitStack

HOST = "127.0.0.1"


def free_port() -> int:
    """Give a loopback TCP port that nobody listens on at this moment.

    Another process may take it before the caller does: a server that can bind port 0 itself should
    do that instead.
    """
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """Give so many of them, no two the same; see `free_port`."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


def accepts(address: tuple[str, int] | str) -> bool:
    """Tell whether a server accepts connections there.

    Args:
        address: Host and port, or the path of a unix socket.
    """
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True
