"""A device's configuration and secrets in a folder, for tests that start its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.journal.numbers import NumberMark

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: Final = """\
[site]
id = "SUED"
name = "Jobcenter"

[lobby]
id = "EINGANG"
name = "Eingang"

[device]
name = "eingang-1"
state_dir = "{folder}/state"

[[service]]
code = "A1"
letter = "A"
minutes = 5
text = {{ de = "Unterlagen abgeben" }}

[[counter]]
id = "1"
services = ["A1"]

[bus]
socket = "{folder}/bus.sock"
passwords = "{folder}/passwords"

[codes]
trust_list = "{folder}/trust.cose"
root_key = "{folder}/root.pub"

[camera]
kind = "folder"
folder = "{folder}/camera"

[printer]
kind = "network"
host = "127.0.0.1"
port = {printer_port}
timeout_s = 0.5

[buttons]
kind = "pipe"
pipe = "{folder}/buttons"
per_press_s = 0

[board]
output = "folder"
folder = "{folder}/board"
width = 640
height = 360
"""
DEADLINE_S: Final = 30.0


class Device:
    """A device whose processes a test starts one by one.

    Args:
        folder: For all of it; short, as it holds sockets.
        printer_port: Where its printer is, on 127.0.0.1.
    """

    def __init__(self, folder: Path, printer_port: int = 9) -> None:
        self.folder = folder
        self.config = folder / "lobby.toml"
        self.config.write_text(SETTINGS.format(folder=folder, printer_port=printer_port), "utf-8")
        (folder / "camera").mkdir()
        (folder / "state").mkdir()
        # A new device: no number was ever given out.
        NumberMark(folder / "state" / "numbers.mark").cover(date.min, {}, None)
        passwords = folder / "passwords"
        passwords.mkdir(mode=0o700)
        for process in ("desk", "scanner", "board", "kiosk"):
            (passwords / process).touch(mode=0o600)
            (passwords / process).write_text("secret")

    def edit(self, old: str, new: str) -> None:
        """Change the configuration."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), "utf-8")

    def command(self, process: str) -> list[str]:
        """Give the command that runs a process."""
        lobby = [sys.executable, "-m", "appliance.cli"]
        return [*lobby, "run", process, "--config", str(self.config)]

    def run(self, process: str) -> subprocess.CompletedProcess[str]:
        """Run a process that is expected to end by itself."""
        return subprocess.run(
            self.command(process),
            check=False,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )

    @contextlib.contextmanager
    def started(self, process: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a process, wait until it says that it is ready, and end it in order."""
        address = self.folder / f"{process}.notify"
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify,
            (self.folder / f"{process}.log").open("ab") as log,
        ):
            notify.bind(str(address))
            notify.settimeout(DEADLINE_S)
            environment = {**os.environ, "NOTIFY_SOCKET": str(address)}
            with subprocess.Popen(
                self.command(process), env=environment, stdout=log, stderr=log
            ) as running:
                try:
                    assert notify.recv(100) == b"READY=1", self.log(process)
                    yield running
                finally:
                    running.send_signal(signal.SIGTERM)
                    try:
                        code = running.wait(DEADLINE_S)
                    except subprocess.TimeoutExpired:
                        # Else nobody would ever wait long enough for it.
                        running.kill()
                        raise
                    address.unlink()
        assert code in {0, -signal.SIGKILL}, self.log(process)

    def log(self, process: str) -> str:
        """Give what a process said."""
        return (self.folder / f"{process}.log").read_text("utf-8")

    def wait_for_log(self, process: str, words: str) -> None:
        """Wait until a process has said something."""
        until_s = time.monotonic() + DEADLINE_S
        while words not in self.log(process):
            assert time.monotonic() < until_s, self.log(process)
            time.sleep(0.02)

    def press(self) -> None:
        """Put a finger on the button."""
        pipe = os.open(self.folder / "buttons", os.O_WRONLY | os.O_NONBLOCK)
        os.write(pipe, b"A1\n")
        os.close(pipe)


@contextlib.contextmanager
def device() -> Iterator[Device]:
    """Give a device in a folder with a short name."""
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:
        yield Device(Path(folder))
