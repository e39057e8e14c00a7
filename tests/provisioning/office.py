"""An IT desk with all that provisioning needs: inventory, authority, keys, releases."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.topics import Topics
from appliance.checkin.claims import ID_BYTES, Claims
from appliance.line.model import Booking
from central.access.authority import Authority
from central.access.inventory_file import load
from central.bookings import qr
from central.bookings.issuing import USUAL_VALIDITY, issue
from central.keys.keyring import Keyring
from provisioning.release import Built, Target, build, new_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central.access.inventory import Device, Inventory

ROOT: Final = Path(__file__).parent.parent.parent
DEVICE: Final = "sued.eingang-1"
TOPICS: Final = Topics("SUED", "EINGANG", DEVICE)
COUNTERS_PORT: Final = 8443
TARGET: Final = Target(machine=os.uname().machine, python="3.13", pi=False)
BUILD_S: Final = 300.0

INVENTORY: Final = """\
[central]
host = "mqtt.example"

[care]
user = "it"
{proxy}

[[site]]
id = "SUED"
time_servers = ["ntp.example"]

[[lobby]]
site = "SUED"
id = "EINGANG"
counters = ["1"]

[[device]]
site = "SUED"
name = "eingang-1"
lobby = "EINGANG"
host = "{host}"
"""

CONFIGURATION: Final = """\
[site]
id = "SUED"
name = "Jobcenter Musterstadt"

[lobby]
id = "EINGANG"
name = "Eingang"

[device]
name = "eingang-1"

[[service]]
code = "A1"
letter = "A"
minutes = 5
text = { de = "Unterlagen abgeben", en = "Hand in papers" }

[[counter]]
id = "1"
services = ["A1"]

[buttons]
kind = "none"
# Tests take numbers faster than people do.
per_press_s = 0
per_minute = 1000

[camera]
kind = "folder"
folder = "/srv/pictures"
show_s = 0.6
gap_s = 0.3

[printer]
kind = "network"
host = "127.0.0.1"
port = 9100
timeout_s = 2.0

[board]
output = "folder"
folder = "/var/lib/lobby-board/pictures"
"""


SATELLITE: Final = "sued.hof-1"
_SATELLITE: Final = """
[[device]]
site = "SUED"
name = "hof-1"
lobby = "EINGANG"
host = "{host}"
roles = ["scanner", "board"]
"""


class Office:
    """The IT desk, in a folder.

    Args:
        folder: For all of its files.
        host: Where the only device is.
        proxy: URL of a proxy for packages; None: there is none.
    """

    def __init__(self, folder: Path, host: str = "192.0.2.7", proxy: str | None = None) -> None:
        self.folder = folder
        self.inventory_path = folder / "inventory.toml"
        line = f'packages_proxy = "{proxy}"' if proxy else ""
        self.inventory_path.write_text(INVENTORY.format(host=host, proxy=line), "utf-8")
        self.configuration = folder / "devices" / f"{DEVICE}.toml"
        self.configuration.parent.mkdir()
        self.configuration.write_text(CONFIGURATION, "utf-8")
        self.authority = Authority(folder / "ca")
        now = datetime.now(UTC)
        self.authority.create("Jobcenter Musterstadt", now)
        self.keyring = Keyring(folder / "keys")
        self.keyring.new_root()
        week = timedelta(days=7)
        self._issuer = self.keyring.new_issuer(("SUED",), now - week, now + week, kid=None)
        self.keyring.sign_trust(now)
        self.release_key = folder / "release.key"
        new_key(self.release_key)

    @property
    def inventory(self) -> Inventory:
        """As it stands now."""
        return load(self.inventory_path)

    @property
    def device(self) -> Device:
        """The only one."""
        return self.inventory.devices[0]

    def add_satellite(self, host: str) -> Device:
        """Put a second Pi into the inventory, with camera and screen and without a desk."""
        with self.inventory_path.open("a") as file:
            file.write(_SATELLITE.format(host=host))
        head, _, tail = CONFIGURATION.partition("[printer]")
        _, _, board = tail.partition("[board]")
        text = head.replace('"eingang-1"', '"hof-1"\nroles = ["scanner", "board"]')
        path = self.configuration.with_name(f"{SATELLITE}.toml")
        path.write_text(f'{text}[printer]\nkind = "none"\n\n[board]{board}', "utf-8")
        return self.inventory.devices[1]

    def turn_board_into_kiosk(self) -> None:
        """Give the satellite's screen to visitors; in the inventory it is the last device."""
        inventory, settings = self.inventory_path, self.configuration.with_name(f"{SATELLITE}.toml")
        for path, old, new in (
            (inventory, 'counters = ["1"]', 'counters = ["1"]\nkiosks = ["entrance"]'),
            (inventory, 'roles = ["scanner", "board"]', 'kiosk = "entrance"\n{}'),
            (settings, 'roles = ["scanner", "board"]', "{}"),
            (settings, "/var/lib/lobby-board/", "/var/lib/lobby-kiosk/"),
        ):
            text = path.read_text("utf-8")
            assert text.count(old) == 1
            roles = 'roles = ["scanner", "kiosk"]'
            path.write_text(text.replace(old, new.format(roles) if "{}" in new else new), "utf-8")

    def care(self, line: str) -> None:
        """Put a line more into what the inventory says of care."""
        text = self.inventory_path.read_text("utf-8")
        self.inventory_path.write_text(text.replace("[care]", f"[care]\n{line}"), "utf-8")

    def code(self, slot: datetime, service: str = "A1") -> str:
        """Make a booking and give its code."""
        booking = Booking(secrets.token_hex(ID_BYTES), slot, 5, service)
        return issue(Claims("SUED", slot + USUAL_VALIDITY, booking), self._issuer)

    def picture(self, slot: datetime) -> bytes:
        """Make a booking and give the picture of its QR."""
        return qr.png(self.code(slot))

    def build(
        self, version: str | None = None, spoil: Callable[[Path], None] | None = None
    ) -> Built:
        """Build a release of this checkout.

        Args:
            version: Another than its own.
            spoil: Changes the copy of the sources that it is built from.
        """
        copy = self.folder / "source"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
            shutil.copy(ROOT / name, copy)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "appliance", copy / "appliance", ignore=ignored)
        if version is not None:
            project = copy / "pyproject.toml"
            text = re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', project.read_text())
            project.write_text(text, "utf-8")
        if spoil is not None:
            spoil(copy / "appliance")
        releases = self.folder / "releases"
        with _offline(next(releases.glob("[0-9]*"), None)):
            return build(copy, releases, self.release_key, TARGET)

    def command(self, ssh_key: Path, release: Path, *more: str, device: str = DEVICE) -> list[str]:
        """Give the command line that provisions a device."""
        options = {
            "--inventory": self.inventory_path,
            "--ca": self.authority.folder,
            "--root-key": self.folder / "keys" / "root.pub",
            "--trust-list": self.keyring.trust_path,
            "--release": release,
            "--release-key": self.release_key.with_suffix(".pub"),
            "--ssh-key": ssh_key,
        }
        words = [word for name, path in options.items() for word in (name, str(path))]
        return [sys.executable, "-m", "provisioning", "apply", device, *words, *more]

    def central(self, *words: str) -> None:
        """Run `lobby-central`."""
        subprocess.run([sys.executable, "-m", "central.cli", *words], check=True, cwd=ROOT)

    @contextmanager
    def running(self, command: list[str]) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test; its end is waited for."""
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as run:
            yield run

    def apply(
        self, ssh_key: Path, release: Path, *more: str, device: str = DEVICE
    ) -> subprocess.CompletedProcess[str]:
        """Provision a device."""
        return subprocess.run(
            self.command(ssh_key, release, *more, device=device),
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=BUILD_S,
        )


@contextmanager
def _offline(wheels: Path | None) -> Iterator[None]:
    """Let pip take what another release has: only the first asks a package index."""
    if wheels is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PIP_NO_INDEX", "1")
        patched.setenv("PIP_FIND_LINKS", str(wheels))
        yield
