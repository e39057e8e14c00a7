"""The lobby's bus: a real mosquitto, a child of ours, set up as on a Pi.

A unix socket for the processes, a loopback port for the counters, a password for each login, an
access list that denies by default, nothing persistent.
"""

from __future__ import annotations

import getpass
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.bus.access import access_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.bus.access import Rights

CONFIG = """\
per_listener_settings false
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/access
persistence false
set_tcp_nodelay true
max_packet_size 65536
user {user}

listener 0 {folder}/socket

listener {port} 127.0.0.1

listener {websockets} 127.0.0.1
protocol websockets
"""

PROGRAM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Debian puts the broker where only root's PATH looks."""


class BrokerError(Exception):
    """The broker cannot be set up; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that is ready to be started.

    Args:
        command: Starts it.
        socket: Where the processes reach it.
        port: Where counters reach it, on 127.0.0.1.
        passwords: By login.
        websockets: Port for the web server, on 127.0.0.1.
    """

    command: tuple[str, ...]
    socket: Path
    port: int
    passwords: dict[str, str]
    websockets: int


def set_up(folder: Path, rights: Sequence[Rights]) -> Broker:
    """Write all that the broker needs into `folder`.

    Raises:
        BrokerError: mosquitto is not installed, or does not take what we wrote.
    """
    mosquitto = program("mosquitto")
    folder.mkdir(mode=0o700)
    passwords = {right.login: secrets.token_urlsafe(24) for right in rights}
    password_file = folder / "passwords"
    password_file.touch(mode=0o600)
    password_file.write_text("".join(f"{who}:{word}\n" for who, word in passwords.items()))
    # -U hashes the file in place: no password is ever on a command line.
    hashing = [program("mosquitto_passwd"), "-U", str(password_file)]
    done = subprocess.run(hashing, check=False, capture_output=True, text=True)  # noqa: S603  (ours)
    if done.returncode != 0:
        raise BrokerError(f"mosquitto_passwd failed: {done.stderr.strip()}")
    access = folder / "access"
    access.touch(mode=0o600)
    access.write_text(access_list(rights))
    port, websockets = free_port(), free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, websockets=websockets, user=getpass.getuser())
    )
    return Broker((mosquitto, "-c", str(config)), folder / "socket", port, passwords, websockets)


def program(name: str) -> str:
    """Give where a program of the broker's package is.

    Raises:
        BrokerError: It is not installed.
    """
    found = shutil.which(name) or shutil.which(name, path=PROGRAM_FOLDERS)
    if found is None:
        raise BrokerError(f"{name} is not installed: run script/setup, or apt install mosquitto")
    return found


def free_port() -> int:
    """Give a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
