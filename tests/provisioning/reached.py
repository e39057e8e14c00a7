"""A machine as it is reached from the IT desk: over SSH, with a key, as a user who may use sudo."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CACHE: Final = Path.home() / ".cache" / "lobby"
USER: Final = "it"
RUN_S: Final = 120.0
ANSWERS_WITHIN_S: Final = 3
"""Whoever does not answer a login by then is not there yet."""
# What Raspberry Pi OS has at its first boot, as far as Debian has it.
INCLUDE: Final = (
    "apt-utils",
    "ca-certificates",
    "dbus",
    "iproute2",
    "kmod",
    "openssh-server",
    "python3",
    "sudo",
    "systemd-sysv",
    "systemd-timesyncd",
    "udev",
)


class MachineError(RuntimeError):
    """The machine did not do what the test needs; the sentence says what is missing."""


class Reached:
    """A machine that answers over SSH.

    Args:
        host: Its address.
        key: File of the key that lets in.
        user: Who logs in.
    """

    def __init__(self, host: str, key: Path, user: str = USER) -> None:
        self.host = host
        self.key = key
        self.answers_within_s = ANSWERS_WITHIN_S
        self._user = user

    @property
    def ssh_options(self) -> tuple[str, ...]:
        """What ssh is told to get in."""
        options = (
            "BatchMode=yes",
            f"ConnectTimeout={self.answers_within_s}",
            "LogLevel=ERROR",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
        )
        return (*(word for option in options for word in ("-o", option)), "-i", str(self.key))

    @property
    def user_at_host(self) -> str:
        """Where ssh goes."""
        return f"{self._user}@{self.host}"

    def ssh(
        self, command: str, *, check: bool = True, within_s: float = RUN_S
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on it, as the user who may use sudo."""
        return subprocess.run(
            ["ssh", *self.ssh_options, self.user_at_host, command],
            check=check,
            capture_output=True,
            text=True,
            timeout=within_s,
        )

    def sudo(self, command: str) -> str:
        """Run a command on it as root; give what it printed.

        Raises:
            MachineError: It failed.
        """
        done = self.ssh(f"sudo sh -c '{command}'", check=False)
        if done.returncode != 0:
            raise MachineError(f"{command}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def let_in(root: Path, name: str, key: Path) -> None:
    """Do in a blank tree what the files for the first boot do on a Pi: a user, a key, a name.

    Args:
        root: The tree; it becomes another.
        name: What the machine shall be called.
        key: Where the key is put that lets in; the public one beside it.
    """
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    (root / "etc/hostname").write_text(f"{name}\n", "ascii")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost {name}\n", "ascii")
    inside(root, "useradd", "--create-home", "--shell", "/bin/bash", USER)
    inside(root, "ssh-keygen", "-A")
    (root / f"etc/sudoers.d/{USER}").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n", "ascii")
    keys = root / "home" / USER / ".ssh"
    keys.mkdir(0o700)
    shutil.copy(key.with_suffix(".pub"), keys / "authorized_keys")
    inside(root, "chown", "-R", f"{USER}:", f"/home/{USER}/.ssh")


def connect(root: Path, link: str, host: str) -> None:
    """Give a tree an address: nobody answers DHCP here.

    Args:
        root: The tree.
        link: Its network device, as systemd.network(5) names it.
        host: Its address, of a network of two.
    """
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/systemd/network/10-lobby.network").write_text(
        f"[Match]\nName={link}\n[Network]\nAddress={host}/30\n", "ascii"
    )
    inside(root, "systemctl", "--quiet", "enable", "systemd-networkd.service")


def inside(root: Path, *command: str) -> None:
    """Run a command in a tree."""
    run("chroot", str(root), *command)


def until(fact: Callable[[], bool], until_s: float, what: str) -> None:
    """Wait until something is so.

    Args:
        fact: What is to be so.
        until_s: Monotonic time at which that is given up.
        what: For the sentence that says so.

    Raises:
        MachineError: It was not so in time.
    """
    while not fact():
        if time.monotonic() > until_s:
            raise MachineError(f"the machine has not got {what} in time; see its console.log")
        time.sleep(0.1)


def run(*command: str, within_s: float = RUN_S) -> None:
    """Run a command that has to succeed.

    Raises:
        MachineError: It did not.
    """
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=within_s)
    if done.returncode != 0:
        raise MachineError(f"{_head(command)}: {done.stderr.strip()[-400:]}")


def _head(command: Sequence[str]) -> str:
    return " ".join(command[:4])
