"""A machine to provision: Debian 13 booted with systemd in a container, with nothing on it but SSH.

systemd-nspawn, with a network of its own, so that its firewall is real and SSH is the only way in.
What a container cannot show: limits of memory, the clock, devices, a power cut that loses what was
not synced. Needs root, mmdebstrap and systemd-nspawn; script/test-machine brings them.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

CACHE: Final = Path.home() / ".cache" / "lobby"
USER: Final = "it"
BOOT_S: Final = 120.0
STOP_S: Final = 20.0
RUN_S: Final = 120.0
_CLONE_NEWNET: Final = 0x40000000
# What Raspberry Pi OS has at its first boot, as far as Debian has it.
_INCLUDE: Final = (
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
SEED: Final = "var/lib/cloud/seed/nocloud"


class NspawnError(RuntimeError):
    """The machine did not do what the test needs; the sentence says what is missing."""


class Nspawn:
    """A blank machine. Entering it boots it; leaving it takes all of it away.

    Args:
        folder: For what it changes of the tree, its key and its log.
        first_boot: Files that cloud-init is to find, by name; None: what they would do is done
            without it.
        user: Who logs in.
    """

    def __init__(
        self, folder: Path, first_boot: Mapping[str, str] | None = None, user: str = USER
    ) -> None:
        # One machine at a time of each kind.
        number = (os.getpid() + (125 if first_boot else 0)) % 250 + 1
        self.host, self.gateway = f"10.77.{number}.2", f"10.77.{number}.1"
        self.key = folder / "ssh-key"
        self.log = folder / "console.log"
        self._name = f"lobby{number}"
        self._folder = folder
        self._first_boot = first_boot
        self._user = user
        self._root = folder / "root"
        self._child: subprocess.Popen[bytes] | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        for program in ("mmdebstrap", "systemd-nspawn", "ssh-keygen"):
            if shutil.which(program) is None:
                raise NspawnError(f"{program} is not installed: run script/test-machine")
        if os.geteuid() != 0:
            raise NspawnError("only root can boot a machine: run script/test-machine as root")
        self._lay_root()
        with ExitStack() as stack:
            stack.callback(_run, "umount", "--lazy", str(self._root))
            stack.callback(self.cut_power)
            self._connect()
            if self._first_boot is None:
                self._prepare()
            else:
                self._seed(self._first_boot)
            self.boot()
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def boot(self) -> None:
        """Start it, and return when it answers over SSH."""
        command = (
            *("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"),
            *("--network-veth", "-D", str(self._root), "-M", self._name),
        )
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        until_s = time.monotonic() + BOOT_S
        _until(lambda: Path(f"/sys/class/net/ve-{self._name}").exists(), until_s, "a network")
        _run("ip", "address", "add", f"{self.gateway}/30", "dev", f"ve-{self._name}")
        _run("ip", "link", "set", f"ve-{self._name}", "up")
        _until(lambda: self.ssh("true", check=False).returncode == 0, until_s, "an answer by SSH")

    def cut_power(self) -> None:
        """End everything on it at once, without a word to anyone."""
        if self._child is None:
            return
        # Its first process takes all others along; nspawn itself then tidies up and ends.
        with suppress(ProcessLookupError, IndexError):
            os.kill(self.first, signal.SIGKILL)
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(STOP_S)
        self._child = None

    @property
    def first(self) -> int:
        """Process id of its init, as seen from here."""
        if self._child is None:
            raise NspawnError("the machine is off")
        pid = self._child.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return int(children[0])

    @property
    def ssh_options(self) -> tuple[str, ...]:
        """What ssh is told to get in."""
        options = (
            "BatchMode=yes",
            "ConnectTimeout=3",
            "LogLevel=ERROR",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
        )
        return (*(word for option in options for word in ("-o", option)), "-i", str(self.key))

    @property
    def user_at_host(self) -> str:
        """Where ssh goes."""
        return f"{self._user}@{self.host}"

    def ssh(self, command: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on it, as the user who may use sudo."""
        return subprocess.run(
            ["ssh", *self.ssh_options, self.user_at_host, command],
            check=check,
            capture_output=True,
            text=True,
            timeout=RUN_S,
        )

    def sudo(self, command: str) -> str:
        """Run a command on it as root; give what it printed.

        Raises:
            NspawnError: It failed.
        """
        done = self.ssh(f"sudo sh -c '{command}'", check=False)
        if done.returncode != 0:
            raise NspawnError(f"{command}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def put(self, content: bytes, path: str) -> None:
        """Put a file on it, whole from one moment to the next, readable by all."""
        # Not by SSH: whoever holds up a phone does not log in either.
        at = self._root / path.lstrip("/")
        hidden = at.with_name(f".{at.name}")
        hidden.write_bytes(content)
        hidden.chmod(0o644)
        hidden.rename(at)

    @contextmanager
    def network(self) -> Iterator[None]:
        """Make sockets in this machine's network: they stay there (setns(2), for this thread)."""
        libc = ctypes.CDLL(None, use_errno=True)
        with (
            Path("/proc/thread-self/ns/net").open("rb") as ours,
            Path(f"/proc/{self.first}/ns/net").open("rb") as theirs,
        ):
            if libc.setns(theirs.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                libc.setns(ours.fileno(), _CLONE_NEWNET)

    def _lay_root(self) -> None:
        """Lay what will be changed over a tree that never is."""
        tree = _tree(_INCLUDE if self._first_boot is None else (*_INCLUDE, "cloud-init"))
        upper, work = self._folder / "upper", self._folder / "work"
        for each in (upper, work, self._root):
            each.mkdir()
        options = f"lowerdir={tree},upperdir={upper},workdir={work}"
        _run("mount", "-t", "overlay", "overlay", "-o", options, str(self._root))

    def _seed(self, files: Mapping[str, str]) -> None:
        """Lay the files of the first boot where cloud-init finds them."""
        seed = self._root / SEED
        seed.mkdir(parents=True)
        for name, text in files.items():
            (seed / name).write_text(text, "utf-8")

    def _connect(self) -> None:
        """Give it an address: nobody answers DHCP here."""
        root = self._root
        (root / "etc/resolv.conf").unlink(missing_ok=True)
        (root / "etc/systemd/network/10-host0.network").write_text(
            f"[Match]\nName=host0\n[Network]\nAddress={self.host}/30\n", "ascii"
        )
        _run("chroot", str(root), "systemctl", "--quiet", "enable", "systemd-networkd.service")

    def _prepare(self) -> None:
        """Do what the files for the first boot do on a Pi: a user, a key, a name."""
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key))
        root = self._root
        (root / "etc/hostname").write_text(f"{self._name}\n", "ascii")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost {self._name}\n", "ascii")
        for command in (
            ("useradd", "--create-home", "--shell", "/bin/bash", USER),
            ("ssh-keygen", "-A"),
        ):
            _run("chroot", str(root), *command)
        (root / f"etc/sudoers.d/{USER}").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n", "ascii")
        keys = root / "home" / USER / ".ssh"
        keys.mkdir(0o700)
        shutil.copy(self.key.with_suffix(".pub"), keys / "authorized_keys")
        _run("chroot", str(root), "chown", "-R", f"{USER}:", f"/home/{USER}/.ssh")


def _tree(include: Sequence[str]) -> Path:
    """Give the tree, made once and kept; a half one is never taken."""
    make = ("mmdebstrap", "--variant=minbase", f"--include={','.join(include)}", "trixie")
    name = hashlib.sha256(" ".join(make).encode()).hexdigest()[:12]
    tree = CACHE / f"trixie-{name}"
    if not tree.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = CACHE / f".{tree.name}.{os.getpid()}"
        _run(*make, str(draft), within_s=900.0)
        draft.rename(tree)
    return tree


def _until(fact: Callable[[], bool], until_s: float, what: str) -> None:
    while not fact():
        if time.monotonic() > until_s:
            raise NspawnError(f"the machine has not got {what} in time; see its console.log")
        time.sleep(0.1)


def _run(*command: str, within_s: float = RUN_S) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=within_s)
    if done.returncode != 0:
        raise NspawnError(f"{' '.join(command[:4])}: {done.stderr.strip()[-400:]}")
