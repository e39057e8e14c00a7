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
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Self

from tests.provisioning.reached import (
    CACHE,
    INCLUDE,
    USER,
    MachineError,
    Reached,
    connect,
    let_in,
    run,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

BOOT_S: Final = 120.0
STOP_S: Final = 20.0
_CLONE_NEWNET: Final = 0x40000000
# One tree for both kinds: a second would cost whoever begins from nothing another minute.
FIRST_BOOT: Final = ("cloud-init", "netplan.io")
SEED: Final = "var/lib/cloud/seed/nocloud"


class Nspawn(Reached):
    """A blank machine. Entering it boots it; leaving it takes all of it away.

    Args:
        folder: For what it changes of the tree, its key and its log.
        first_boot: Files that cloud-init is to find, by name; None: what they would do is done
            without it.
        user: Who logs in.
        place: Of machines that are on at the same time each has another.
    """

    def __init__(
        self,
        folder: Path,
        first_boot: Mapping[str, str] | None = None,
        user: str = USER,
        place: int = 0,
    ) -> None:
        number = (os.getpid() + 60 * place + (125 if first_boot else 0)) % 250 + 1
        super().__init__(f"10.77.{number}.2", folder / "ssh-key", user)
        self.gateway = f"10.77.{number}.1"
        self.log = folder / "console.log"
        self._name = f"lobby{number}"
        self._folder = folder
        self._first_boot = first_boot
        self._root = folder / "root"
        self._child: subprocess.Popen[bytes] | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        for program in ("mmdebstrap", "systemd-nspawn", "ssh-keygen"):
            if shutil.which(program) is None:
                raise MachineError(f"{program} is not installed: run script/test-machine")
        if os.geteuid() != 0:
            raise MachineError("only root can boot a machine: run script/test-machine as root")
        self._lay_root()
        with ExitStack() as stack:
            stack.callback(run, "umount", "--lazy", str(self._root))
            stack.callback(self.cut_power)
            # dpkg syncs each file, for a card that is to last; this one is thrown away.
            (self._root / "etc/dpkg/dpkg.cfg.d/lobby-test").write_text("force-unsafe-io\n", "ascii")
            connect(self._root, "host0", self.host)
            if self._first_boot is None:
                let_in(self._root, self._name, self.key)
                (self._root / "etc/cloud/cloud-init.disabled").touch()
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
        until(lambda: Path(f"/sys/class/net/ve-{self._name}").exists(), until_s, "a network")
        run("ip", "address", "add", f"{self.gateway}/30", "dev", f"ve-{self._name}")
        run("ip", "link", "set", f"ve-{self._name}", "up")
        try:
            until(self._answers, until_s, "an answer by SSH")
        except MachineError as error:
            last = self.log.read_text("utf-8", "replace")[-1000:]
            raise MachineError(f"{error} Its last words:\n{last}") from error

    def _answers(self) -> bool:
        return self.ssh("true", check=False).returncode == 0

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
    def link(self) -> str:
        """This end of its cable."""
        return f"ve-{self._name}"

    @property
    def first(self) -> int:
        """Process id of its init, as seen from here."""
        if self._child is None:
            raise MachineError("the machine is off")
        pid = self._child.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return int(children[0])

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
        tree = blank_tree()
        upper, work = self._folder / "upper", self._folder / "work"
        for each in (upper, work, self._root):
            each.mkdir()
        options = f"lowerdir={tree},upperdir={upper},workdir={work}"
        try:
            run("mount", "-t", "overlay", "overlay", "-o", options, str(self._root))
        except MachineError:
            # No overlay over another one, as where all this is in a container already.
            run("cp", "--archive", "--reflink=auto", f"{tree}/.", str(self._root))
            run("mount", "--bind", str(self._root), str(self._root))

    def _seed(self, files: Mapping[str, str]) -> None:
        """Lay the files of the first boot where cloud-init finds them."""
        seed = self._root / SEED
        seed.mkdir(parents=True)
        for name, text in files.items():
            (seed / name).write_text(text, "utf-8")


def blank_tree() -> Path:
    """Give Debian's tree, made once and kept; a half one is never taken.

    Raises:
        MachineError: mmdebstrap cannot make it, as there is no way to Debian's packages, say.
    """
    include = ",".join((*INCLUDE, *FIRST_BOOT))
    make = ("mmdebstrap", "--variant=minbase", f"--include={include}", "trixie")
    name = hashlib.sha256(" ".join(make).encode()).hexdigest()[:12]
    tree = CACHE / f"trixie-{name}"
    if not tree.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = CACHE / f".{tree.name}.{os.getpid()}"
        run(*make, str(draft), within_s=900.0)
        draft.rename(tree)
    return tree


if __name__ == "__main__":
    # script/test-machine asks whether there can be a machine at all, with nothing of ours on it.
    try:
        with TemporaryDirectory() as empty, Nspawn(Path(empty)):
            pass
    except MachineError as cannot:
        sys.exit(str(cannot))
