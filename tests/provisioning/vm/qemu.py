"""A virtual machine to provision: where limits of memory, the clock and power cuts are real.

qemu in software emulation, as KVM is not to be had everywhere: ten to twenty times slower than the
computer that it runs on. With `-cpu max` two boots of three panicked; a Nehalem boots, if its
kernel leaves out an instruction (cx16) that is emulated badly. Programs keep it: numpy wants it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final, Self

from tests.provisioning.reached import MachineError, Reached, connect, let_in, run, until
from tests.provisioning.vm.card import Card
from tests.provisioning.vm.image import blank, mounted

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

BOOT_S: Final = 600.0
ANSWERS_WITHIN_S: Final = 60
"""On a computer that has other work as well, a login takes long."""
STOP_S: Final = 20.0
QMP_S: Final = 30.0
MEMORY: Final = "1G"
"""The smallest Pi that we know of in a lobby."""


class Qemu(Reached):
    """A blank machine. Entering it boots it; leaving it takes all of it away.

    Args:
        folder: For its disk, its key and its log.
    """

    def __init__(self, folder: Path) -> None:
        number = os.getpid() % 250 + 1
        super().__init__(f"10.78.{number}.2", folder / "ssh-key")
        self.answers_within_s = ANSWERS_WITHIN_S
        self.gateway = f"10.78.{number}.1"
        self.log = folder / "console.log"
        self._folder = folder
        self._link = f"lobbyvm{number}"
        self._child: subprocess.Popen[bytes] | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        for program in ("mmdebstrap", "nbdkit", "qemu-system-x86_64", "ssh-keygen"):
            if shutil.which(program) is None:
                raise MachineError(f"{program} is not installed: run script/test-vm")
        if os.geteuid() != 0:
            raise MachineError("only root can lay a disk: run script/test-vm as root")
        self._image = blank().copied(self._folder / "disk")
        with mounted(self._image.disk, self._folder / "root") as root:
            connect(root, "en* eth*", self.host)
            let_in(root, "lobby-vm", self.key)
        self._card = Card(self._image.disk, self._folder / "card.socket")
        with ExitStack() as stack:
            run("ip", "tuntap", "add", "dev", self._link, "mode", "tap")
            stack.callback(run, "ip", "link", "delete", self._link)
            run("ip", "address", "add", f"{self.gateway}/30", "dev", self._link)
            run("ip", "link", "set", self._link, "up")
            stack.callback(self.cut_power)
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

    def boot(self, clock: str = "utc", more: tuple[str, ...] = ()) -> float:
        """Start it, and return when it answers over SSH; gives how long that took, in seconds.

        Args:
            clock: What it believes the time to be: `utc`, the right one, or such as 1970-01-01.
            more: Further hardware, in qemu's words.
        """
        began_s = time.monotonic()
        self._card.insert()
        self._child = subprocess.Popen(
            [*self._command(clock), *more],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        until_s = began_s + BOOT_S
        until(lambda: self.ssh("true", check=False).returncode == 0, until_s, "an answer by SSH")
        return time.monotonic() - began_s

    def cut_power(self) -> None:
        """Pull the plug: memory is gone, and what the card had not been told to keep as well."""
        if self._child is None:
            return
        # It must not see the card go before it is gone itself.
        self._child.send_signal(signal.SIGSTOP)
        self._card.forget()
        self._child.send_signal(signal.SIGKILL)
        self._child.wait(STOP_S)
        self._child = None

    def put(self, content: bytes, path: str) -> None:
        """Put a file on it, whole from one moment to the next, readable by all."""
        head, _, name = path.rpartition("/")
        hidden = f"{head}/.{name}"
        subprocess.run(
            [
                *("ssh", *self.ssh_options, self.user_at_host),
                f"sudo sh -c 'cat >{hidden} && chmod 644 {hidden} && mv {hidden} {path}'",
            ],
            input=content,
            check=True,
            timeout=60,
        )

    def picture(self, path: Path) -> None:
        """Keep what its screen shows, as a PNG."""
        self._order("screendump", filename=str(path), format="png")

    def press(self, key: str) -> None:
        """Press a key of its keyboard, by qemu's name for it."""
        self._order("human-monitor-command", **{"command-line": f"sendkey {key}"})

    def _order(self, what: str, **arguments: str) -> None:
        """Have qemu itself do something (QMP)."""
        with closing(socket.socket(socket.AF_UNIX)) as line:
            line.settimeout(QMP_S)
            line.connect(str(self._qmp))
            with line.makefile("rw", encoding="utf-8") as told:
                told.readline()
                for words in (
                    {"execute": "qmp_capabilities"},
                    {"execute": what, "arguments": arguments},
                ):
                    told.write(json.dumps(words) + "\n")
                    told.flush()
                    while "event" in (answer := json.loads(told.readline())):
                        pass
        if "error" in answer:
            raise MachineError(f"{what}: {answer['error']['desc']}")

    @property
    def _qmp(self) -> Path:
        return self._folder / "qmp.socket"

    def _command(self, clock: str) -> tuple[str, ...]:
        image = self._image
        return (
            *("qemu-system-x86_64", "-nodefaults", "-display", "none", "-machine", "pc"),
            *("-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2"),
            *("-m", MEMORY, "-rtc", f"base={clock}"),
            *("-kernel", str(image.kernel), "-initrd", str(image.ramdisk)),
            *("-append", "root=/dev/vda rw console=ttyS0 clearcpuid=cx16"),
            *("-drive", f"file=nbd+unix:///?socket={self._card.socket},format=raw,if=virtio"),
            *("-netdev", f"tap,id=net,ifname={self._link},script=no,downscript=no"),
            *("-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"),
            # As on a Pi: it starts again if the system does not feed it.
            *("-device", "i6300esb", "-action", "watchdog=reset"),
            *("-chardev", f"file,id=console,path={self.log},append=on"),
            *("-serial", "chardev:console", "-qmp", f"unix:{self._qmp},server=on,wait=off"),
        )
