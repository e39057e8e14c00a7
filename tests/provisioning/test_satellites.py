"""Satellites: Pis without a desk, whose bus is on another one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from provisioning import guests, steps
from provisioning.facts import Platform
from provisioning.material import ROOT, MaterialError, Sources, gather
from provisioning.recipe import for_satellites
from provisioning.recipe import steps as recipe
from provisioning.recipe_bus import logins_of
from tests.provisioning.forged import forge
from tests.provisioning.knocking import let_in
from tests.provisioning.office import Office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import MakeMosquitto

PI: Final = Platform("aarch64", "3.13", 13, pi=True)
LOGIN: Final = "proc.sued.hof-1.board"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with a desk's Pi and a satellite."""
    made = Office(tmp_path)
    made.add_satellite("hof-1.example")
    return made


@pytest.fixture
def sources(office: Office) -> Sources:
    return Sources(
        office.inventory_path,
        office.authority.folder,
        office.folder / "keys" / "root.pub",
        forge(office.folder / "1.0.0", office.release_key),
        office.release_key.with_suffix(".pub"),
        office.keyring.trust_path,
    )


@pytest.fixture
def wanted(office: Office, sources: Sources) -> Callable[[int], tuple[steps.Step, ...]]:
    """Gives the steps of the first device, the desk's Pi, or of the second."""

    def ask(number: int) -> tuple[steps.Step, ...]:
        inventory = office.inventory
        device = inventory.devices[number]
        return recipe(inventory, device, PI, gather(inventory, device, sources))

    return ask


def files(all_steps: tuple[steps.Step, ...]) -> dict[str, str]:
    return {
        each.path: each.content.decode(errors="replace")
        for each in all_steps
        if isinstance(each, steps.File)
    }


def test_satellite_has_a_tunnel_where_the_desk_has_a_broker(
    wanted: Callable[[int], tuple[steps.Step, ...]],
) -> None:
    all_steps = wanted(1)
    (packages,) = [each for each in all_steps if isinstance(each, steps.Packages)]
    assert "stunnel4" in packages.names
    assert not {"mosquitto", "nginx-light"} & set(packages.names)
    named = [str(each) for each in all_steps]
    assert "lobby-tunnel.service runs with its newest files" in named
    assert "lobby-desk.service runs with its newest files" not in named
    assert not [name for name in named if "nginx" in name or "mosquitto.service" in name]


def test_tunnel_ends_at_the_desks_pi_and_nowhere_else(
    office: Office, wanted: Callable[[int], tuple[steps.Step, ...]]
) -> None:
    settings = files(wanted(1))["/etc/lobby/tunnel.conf"]
    assert "connect = 192.0.2.7:8883\n" in settings
    assert "verifyChain = yes\ncheckIP = 192.0.2.7\n" in settings
    text = office.inventory_path.read_text().replace("192.0.2.7", "eingang-1.example")
    office.inventory_path.write_text(text)
    assert "checkHost = eingang-1.example\n" in files(wanted(1))["/etc/lobby/tunnel.conf"]


def test_nothing_but_ssh_gets_into_a_satellite(
    wanted: Callable[[int], tuple[steps.Step, ...]],
) -> None:
    assert "tcp dport { 22 } accept" in files(wanted(1))["/etc/nftables.conf"]
    assert "tcp dport { 22, 8443, 8883 } accept" in files(wanted(0))["/etc/nftables.conf"]


def test_satellite_makes_its_own_passwords_and_tells_their_hashes(
    wanted: Callable[[int], tuple[steps.Step, ...]],
) -> None:
    (logins,) = [each for each in wanted(1) if isinstance(each, steps.Logins)]
    assert dict(logins.files) == {"proc.sued.hof-1.scanner": "scanner", LOGIN: "board"}
    assert not logins.broker
    (desks,) = [each for each in wanted(0) if isinstance(each, steps.Logins)]
    assert not [login for login, _ in desks.files if "hof-1" in login]


def test_screen_for_visitors_logs_in_as_its_kiosk(office: Office, sources: Sources) -> None:
    text = office.inventory_path.read_text("utf-8")
    office.inventory_path.write_text(text.replace('["scanner", "board"]', '["kiosk"]'), "utf-8")
    inventory = office.inventory
    desk, screen = inventory.devices
    assert logins_of(screen) == {"kiosk.entrance": "kiosk"}
    # Its password is made where it runs, and nowhere else.
    all_steps = for_satellites(inventory, desk, gather(inventory, desk, sources))
    (logins,) = [each for each in all_steps if isinstance(each, steps.Logins)]
    assert "kiosk.entrance" not in dict(logins.files)


def test_keys_of_codes_are_the_desks_alone(
    wanted: Callable[[int], tuple[steps.Step, ...]],
) -> None:
    assert [each for each in wanted(0) if isinstance(each, steps.Given)]
    assert not [each for each in wanted(1) if isinstance(each, steps.Given)]


def test_broker_gets_the_hashes_of_satellites_that_are_in_the_inventory(
    office: Office, wanted: Callable[[int], tuple[steps.Step, ...]]
) -> None:
    guests.keep(office.folder, "sued.hof-1", [f"{LOGIN}:$7$hash"])
    guests.keep(office.folder, "sued.gone-1", ["proc.sued.gone-1.board:$7$old"])
    all_steps = wanted(0)
    (logins,) = [each for each in all_steps if isinstance(each, steps.Logins)]
    assert logins.guests == (LOGIN,)
    assert files(all_steps)["/etc/mosquitto/lobby/guests"] == f"{LOGIN}:$7$hash\n"


def test_desks_pi_is_visited_for_its_bus_and_firewall_alone(
    office: Office, sources: Sources
) -> None:
    inventory = office.inventory
    desk = inventory.devices[0]
    named = [
        str(each) for each in for_satellites(inventory, desk, gather(inventory, desk, sources))
    ]
    assert "nftables.service runs with its newest files" in named
    assert "mosquitto.service runs with its newest files" in named
    assert not [name for name in named if "release" in name or "lobby-desk" in name]


def test_role_that_has_no_unit_here_is_said_plainly(
    office: Office, sources: Sources, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bare" / "systemd").mkdir(parents=True)
    monkeypatch.setattr("provisioning.material.ROOT", tmp_path / "bare")
    with pytest.raises(MaterialError, match="role scanner, and this checkout no unit"):
        gather(office.inventory, office.inventory.devices[1], sources)


def test_broker_takes_a_password_whose_hash_the_satellite_made(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    password = tmp_path / "board"
    password.write_text("24 random bytes\n")
    hasher = ROOT / "provisioning" / "on_pi" / "bus_hashes.py"
    told = subprocess.run(
        [sys.executable, "-I", hasher, f"{LOGIN}={password}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (tmp_path / "passwords").write_text(told)
    mosquitto = make_mosquitto(extra=f"password_file {tmp_path}/passwords")
    assert let_in(mosquitto.socket, LOGIN, "24 random bytes")
    assert not let_in(mosquitto.socket, LOGIN, "24 other bytes")
