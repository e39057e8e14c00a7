"""A broker that is not mosquitto, for tests: ejabberd's MQTT 5, written in Erlang, from Debian.

Brokers of the class that a federal state runs (EMQX, VerneMQ) are not to be had as packages. This
one has nothing in common with mosquitto but the standard, offers no shared subscriptions, and says
so at each connect: what works on both uses neither one's own.

Its own start script wants a user, a cookie and a node name: none of that is needed for one node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from tests.support.ports import HOST, accepts, free_port

READY_WITHIN_S: Final = 30.0
STOPPED_WITHIN_S: Final = 10.0
SETTINGS: Final = """\
hosts: [localhost]
listen:
  - {{port: {port}, ip: "{host}", module: mod_mqtt}}
auth_method: [anonymous]
anonymous_protocol: login_anon
allow_multiple_connections: true
modules:
  mod_mqtt:
    access_publish: {{"#": [{{allow: all}}]}}
    access_subscribe: {{"#": [{{allow: all}}]}}
"""


def library() -> Path | None:
    """Give where it is installed; None: it is not."""
    found = sorted(Path("/usr/lib").glob("*/ejabberd-*/ebin"))
    return found[-1].parent.parent if found and shutil.which("erl") else None


class Ejabberd:
    """A broker that a test starts, kills and starts again. It lets in whoever says a name.

    Args:
        folder: Where its files go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.host, self.port = HOST, free_port()
        self._child: subprocess.Popen[bytes] | None = None
        settings = SETTINGS.format(host=HOST, port=self.port)
        (folder / "ejabberd.yml").write_text(settings, "utf-8")
        (folder / "spool").mkdir()

    def start(self) -> None:
        """Start it, and return once it accepts connections."""
        environment = {
            **os.environ,
            "EJABBERD_CONFIG_PATH": str(self._folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self._folder / "ejabberd.log"),
            "ERL_CRASH_DUMP": "/dev/null",
            "ERL_LIBS": str(library()),
            "HOME": str(self._folder),
        }
        spool = f'"{self._folder / "spool"}"'
        with (self._folder / "out").open("ab") as out:
            self._child = subprocess.Popen(
                ["erl", "-noinput", "-mnesia", "dir", spool, "-s", "ejabberd"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        until_s = time.monotonic() + READY_WITHIN_S
        while not accepts((self.host, self.port)):
            assert time.monotonic() < until_s, (self._folder / "out").read_text("utf-8")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, and without a word to anyone."""
        child, self._child = self._child, None
        assert child is not None
        child.kill()
        child.wait(STOPPED_WITHIN_S)

    def close(self) -> None:
        """End it if it runs. Twice is fine."""
        if self._child is not None:
            self.kill()
