"""The centre on a Debian 13 booted with systemd: everything works with all hardening on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import ServiceWait, Wait
from tests.central.world import NOW, OFFICE
from tests.provisioning.nspawn import Nspawn
from tests.support.branch import Branch
from tests.support.broker import Mosquitto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]

ROOT: Final = Path(__file__).parent.parent.parent
NEEDED: Final = (
    *("base45", "cbor2", "cryptography", "icalendar", "msgspec", "numpy", "paho-mqtt"),
    *("prometheus-client", "segno", "sqlalchemy"),
)
PLATFORMS: Final = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64")
PROGRAM: Final = """\
#!/usr/bin/python3
import sys
sys.path.insert(0, "/opt/lobby-central/current/site")
from central.cli import main
sys.exit(main())
"""
SET_UP: Final = """\
mkdir -p /opt/lobby-central/current /etc/lobby-central /etc/sysusers.d /etc/tmpfiles.d
tar -C /opt/lobby-central/current -xf /srv/program.tar
cd /opt/lobby-central/current/site/central/systemd
cp *.service *.timer *.target /etc/systemd/system/
cp lobby-central.sysusers /etc/sysusers.d/lobby-central.conf
cp lobby-central.tmpfiles /etc/tmpfiles.d/lobby-central.conf
sed "s#_BROKER=.*#_BROKER={to}#" centre.env > /etc/lobby-central/centre.env
cp /srv/office.toml /etc/lobby-central/
cd /etc/lobby-central
umask 077
touch collector.key issuer.key curves.key
echo secret > wait.password
systemd-sysusers
systemd-tmpfiles --create
systemctl daemon-reload
"""
FIGURES: Final = """\
import sys, urllib.request
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode())
"""
DAEMONS: Final = ("collect", "publish", "wait-pages", "curves")
DEADLINE_S: Final = 60.0


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nspawn, Mosquitto]]:
    """A machine set up as docs/central.md says, but for TLS, and a broker on it."""
    packed = program(tmp_path_factory.mktemp("program"))
    with ExitStack() as stack:
        machine = stack.enter_context(Nspawn(tmp_path_factory.mktemp("machine")))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lobby-")))
        broker = Mosquitto(folder)
        stack.callback(broker.close)
        with machine.network():
            broker.start()
        machine.put(packed, "/srv/program.tar")
        to = f"mqtt://127.0.0.1:{broker.port}"
        office = OFFICE.format(folder="/var/lib/lobby-central/bookings", port=broker.port)
        machine.put(office.encode(), "/srv/office.toml")
        machine.put(SET_UP.format(to=to).encode(), "/srv/set-up")
        machine.sudo("sh -e /srv/set-up")
        machine.sudo("systemctl enable --now lobby-central.target")
        yield machine, broker


def program(folder: Path) -> bytes:
    """Give what stands in a release's folder: for the machine's Python, whatever ours is."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder / "site")]
    command += ["--python-version", "3.13", "--only-binary=:all:", "--implementation", "cp"]
    command += [f"--platform={name}" for name in PLATFORMS]
    subprocess.run([*command, "-c", str(ROOT / "constraints.txt"), *NEEDED], check=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "lobby-central").write_text(PROGRAM)
    (folder / "bin" / "lobby-central").chmod(0o755)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("bin", "site"):
            tar.add(folder / name, name)
        for package in ("appliance", "central"):
            tar.add(ROOT / package, f"site/{package}")
    return packed.getvalue()


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.2)


def test_all_run_and_do_their_work(centre: tuple[Nspawn, Mosquitto], tmp_path: Path) -> None:
    machine, broker = centre
    units = " ".join(f"lobby-central-{name}.service" for name in DAEMONS)

    def active() -> bool:
        return machine.sudo(f"systemctl is-active {units} || true").split() == ["active"] * 4

    until(active)
    services = [ServiceWait(service="A10", waiting=5, low_min=10, high_min=25)]
    wait = Wait(as_of=NOW, day=NOW.date(), session="s", valid_s=600, waiting=7, services=services)
    page = "/srv/lobby-central/wait/SUED/EINGANG/wait.json"
    with machine.network(), Branch(tmp_path / "desk", broker.port) as branch:
        branch.issue(20)
        branch.turn_until(lambda: branch.uplink.online and branch.uplink.backlog == 0)

        def written() -> bool:
            branch.link.publish(branch.topics.wait, encode(wait), retain=True)
            said = machine.sudo(f"cat {page} || true")
            return bool(said) and json.loads(said)["waiting"] == 7

        until(written)
    machine.put(FIGURES.encode(), "/srv/figures.py")
    read = "python3 /srv/figures.py"
    assert "lobby_collector_connected 1.0" in machine.sudo(f"{read} 9464")
    assert "lobby_wait_pages_connected 1.0" in machine.sudo(f"{read} 9465")


def test_backup_runs_beside_them_and_leaves_the_files_to_their_owners(
    centre: tuple[Nspawn, Mosquitto],
) -> None:
    machine, _ = centre
    machine.sudo("systemctl start lobby-central-backup.service")
    kinds = machine.sudo("ls /var/backups/lobby-central").split()
    assert sorted(name.split("-")[0] for name in kinds) == ["bookings", "events", "learned"]
    owners = machine.sudo('stat -c "%U %a" /var/lib/lobby-central/events/events.sqlite*')
    assert {line.split()[0] for line in owners.splitlines()} == {"lobby-collect"}
    assert all(line.endswith("00") for line in owners.splitlines())


def test_who_hangs_is_ended_and_started_again(centre: tuple[Nspawn, Mosquitto]) -> None:
    machine, _ = centre
    ask = "systemctl show --property=MainPID --value lobby-central-collect"
    before = machine.sudo(ask).strip()
    machine.sudo(f"kill -STOP {before}")
    until(lambda: machine.sudo(ask).strip() not in {before, "0"})
    assert "Watchdog timeout" in machine.sudo("journalctl -o cat -u lobby-central-collect")


def test_nobody_sees_the_folder_of_another(centre: tuple[Nspawn, Mosquitto]) -> None:
    machine, _ = centre
    for user, folder in (("lobby-pages", "events"), ("lobby-collect", "bookings")):
        said = machine.sudo(f"sudo -u {user} ls /var/lib/lobby-central/{folder} 2>&1 || true")
        assert "Permission denied" in said
