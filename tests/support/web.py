"""A real nginx for tests, on the settings that are made for a lobby's Pi, as they are."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

from tests.support.ports import HOST, accepts

if TYPE_CHECKING:
    from pathlib import Path

READY_WITHIN_S: Final = 10.0
MAIN: Final = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/lobby.conf;
}}
"""
"""What Debian's own main file says and these settings need, and folders of the test's."""


class Nginx:
    """A web server that a test starts.

    Args:
        folder: For what it needs; it is made.
        settings: Of the `http` block.
        port: Where it will listen.
    """

    def __init__(self, folder: Path, settings: str, port: int) -> None:
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/local/sbin:/usr/sbin")
        assert program is not None, "nginx is not installed; script/setup installs it"
        folder.mkdir(exist_ok=True)
        (folder / "lobby.conf").write_text(settings)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        self.port = port
        self._child = subprocess.Popen(
            [program, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        until_s = time.monotonic() + READY_WITHIN_S
        while not accepts((HOST, port)):
            if self._child.poll() is not None or time.monotonic() > until_s:
                self._child.kill()
                raise RuntimeError(
                    f"nginx did not come up: {self._child.communicate()[1].decode()}"
                )
            time.sleep(0.02)

    def close(self) -> None:
        """End it."""
        self._child.terminate()
        self._child.communicate(timeout=READY_WITHIN_S)
