"""A real mosquitto for tests, as a child of the test, with a unix socket and a loopback port.

It is never mocked: what a broker does with wills, retained messages, refusals and its own death is
what the tests are about. As root mosquitto drops to a user of its own before it makes its socket,
so its configuration keeps it root here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

from tests.support.ports import HOST, accepts, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READY_WITHIN_S: Final = 10.0
STOPPED_WITHIN_S: Final = 5.0
_POLL_S: Final = 0.01
_TRIES: Final = 5

# Debian keeps mosquitto in /usr/sbin, which is not on the PATH of an ordinary user.
_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin"


class BrokerError(RuntimeError):
    """The broker did not do what the test needs; the sentence holds its own log."""


class Mosquitto:
    """A broker that a test starts, kills and starts again.

    Nothing but its configuration outlives its end: persistence is off, as on the Pi.

    Args:
        directory: Where its configuration, log and socket go. Short: the path of a unix socket has
            room for 107 bytes.
        logins: User name → password. None lets anyone in, without a name.
        acl: Text of the ACL file. None allows everything to whoever is let in.
        extra: Further lines of configuration, as in mosquitto.conf(5).
    """

    def __init__(
        self,
        directory: Path,
        *,
        logins: Mapping[str, str] | None = None,
        acl: str | None = None,
        extra: str = "",
    ) -> None:
        self.directory = directory
        self.socket = directory / "bus.sock"
        self.host = HOST
        self.port = 0
        self._logins = logins
        self._acl = acl
        self._extra = extra
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id.

        Raises:
            BrokerError: It does not run.
        """
        return self._running().pid

    @property
    def log(self) -> str:
        """What it has said so far, over all its starts."""
        path = self.directory / "mosquitto.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def start(self) -> None:
        """Start it, and return once it accepts connections on both listeners.

        The port is chosen at the first start, and stays.

        Raises:
            BrokerError: It runs already, is not installed, or did not accept within 10 s.
        """
        if self._child is not None:
            raise BrokerError("the broker runs already")
        if self.port:
            self._launch()
            return
        for _ in range(_TRIES - 1):
            # Between our look for a port and the broker's bind somebody else may take it.
            self.port = free_port()
            try:
                self._launch()
            except BrokerError:
                if "Address already in use" not in self.log:
                    raise
            else:
                return
        self.port = free_port()
        self._launch()

    def kill(self) -> None:
        """End it as the out-of-memory killer would: at once, and without a word to anyone.

        Raises:
            BrokerError: It does not run.
        """
        child = self._running()
        child.kill()
        child.wait(STOPPED_WITHIN_S)
        self._child = None

    def close(self) -> None:
        """End it if it runs. Twice is fine."""
        if self._child is not None:
            self.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise BrokerError("the broker does not run")
        return self._child

    def _launch(self) -> None:
        with (self.directory / "mosquitto.log").open("ab") as log:
            child = subprocess.Popen(
                [_program("mosquitto"), "-c", self._configure()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._child = child
        deadline = time.monotonic() + READY_WITHIN_S
        while not (accepts(str(self.socket)) and accepts((self.host, self.port))):
            if child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BrokerError(f"mosquitto did not come up:\n{self.log}")
            time.sleep(_POLL_S)

    def _configure(self) -> Path:
        """Write the configuration; a password or ACL changed by the test counts from here."""
        lines = [
            *(["user root"] if os.geteuid() == 0 else []),
            "persistence false",
            "set_tcp_nodelay true",
            "log_dest stderr",
            f"listener 0 {self.socket}",
            f"listener {self.port} {self.host}",
            self._extra,
        ]
        if self._logins is None:
            lines.append("allow_anonymous true")
        else:
            lines += ["allow_anonymous false", f"password_file {self._write_passwords()}"]
        if self._acl is not None:
            acl = self.directory / "acl"
            acl.write_text(self._acl, "utf-8")
            acl.chmod(0o600)
            lines.append(f"acl_file {acl}")
        path = self.directory / "mosquitto.conf"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def _write_passwords(self) -> Path:
        path = self.directory / "passwords"
        path.unlink(missing_ok=True)
        path.touch(0o600)
        for name, password in (self._logins or {}).items():
            subprocess.run(
                [_program("mosquitto_passwd"), "-b", path, name, password],
                check=True,
                capture_output=True,
                timeout=STOPPED_WITHIN_S,
            )
        return path


def _program(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise BrokerError(f"{name} is not installed; script/setup installs it")
    return found
