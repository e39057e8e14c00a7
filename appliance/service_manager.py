"""Telling systemd how we are, by its notify protocol (sd_notify(3)): one datagram, no library."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)


class ServiceManager:
    """Whoever started this process and wants to know how it is.

    Args:
        address: Path of its datagram socket, `@` for an abstract one; None: nobody listens.
    """

    def __init__(self, address: str | None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address

    @classmethod
    def from_environment(cls) -> ServiceManager:
        """Take the address that systemd hands over in `NOTIFY_SOCKET`."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        """Say that the process does its work now."""
        self._tell("READY=1")

    def feed_watchdog(self) -> None:
        """Say that the working loop still turns."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the process ends in order."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.settimeout(0)
                sock.sendto(state.encode("ascii"), self._address)
        except OSError as error:
            # Being heard is not worth dying for: the watchdog is there for the rest.
            log.warning("the service manager does not hear %s: %s", state, error)
