"""The satellite's way to the bus: real stunnel on the settings made for it, and a real broker."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from provisioning import settings_files
from tests.access.fleet import Broker, Fleet
from tests.provisioning.knocking import let_in
from tests.support.ports import accepts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.addresses import Identity

STUNNEL: Final = shutil.which("stunnel4", path="/usr/bin:/usr/local/bin")
LOGIN: Final = "proc.sued.hof-1.board"
UP_S: Final = 10.0


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@contextmanager
def desk(fleet: Fleet, name: str = "sued.eingang-1") -> Iterator[Broker]:
    """The broker on the desk's Pi, with somebody's certificate."""
    broker = Broker(fleet, "bus/sued.eingang-1", name)
    broker.start()
    try:
        yield broker
    finally:
        broker.close()


@contextmanager
def tunnel(fleet: Fleet, identity: Identity) -> Iterator[Path]:
    """Give the socket on the satellite, with a tunnel behind it."""
    there = fleet.folder / "satellite"
    there.mkdir()
    text = settings_files.tunnel("127.0.0.1", fleet.ports["satellites"])
    for old, new in (
        ("/run/lobby/bus/socket", there / "socket"),
        ("/etc/lobby/uplink/device.pem", identity.certificate),
        ("/run/credentials/lobby-tunnel.service/device.key", identity.key),
        ("/etc/lobby/uplink/ca.pem", identity.ca),
    ):
        assert old in text
        text = text.replace(old, str(new))
    settings = there / "tunnel.conf"
    settings.write_text(text, "utf-8")
    assert STUNNEL is not None, "stunnel4 is not installed: run script/setup"
    with (
        (there / "log").open("wb") as log,
        subprocess.Popen([STUNNEL, settings], stdout=log, stderr=log) as running,
    ):
        try:
            until_s = time.monotonic() + UP_S
            while not accepts(str(there / "socket")):
                assert running.poll() is None, (there / "log").read_text()
                assert time.monotonic() < until_s
                time.sleep(0.01)
            yield there / "socket"
        finally:
            running.terminate()


def test_process_on_a_satellite_is_let_in_with_certificate_and_password(fleet: Fleet) -> None:
    with desk(fleet), tunnel(fleet, fleet.identity("sued.hof-1")) as path:
        assert let_in(path, LOGIN, "secret")
        assert not let_in(path, LOGIN, "another")


def test_satellite_whose_certificate_was_revoked_is_not(fleet: Fleet) -> None:
    identity = fleet.identity("sued.hof-1")
    fleet.authority.revoke("sued.hof-1", fleet.now)
    with desk(fleet), tunnel(fleet, identity) as path:
        assert not let_in(path, LOGIN, "secret")


def test_password_is_told_to_nobody_but_the_desks_pi(fleet: Fleet) -> None:
    # The office's own certificate, and another Pi's.
    with desk(fleet, "sued.neu-1"), tunnel(fleet, fleet.identity("sued.hof-1")) as path:
        assert not let_in(path, LOGIN, "secret")


def test_bus_that_was_away_is_found_again(fleet: Fleet) -> None:
    with desk(fleet) as broker, tunnel(fleet, fleet.identity("sued.hof-1")) as path:
        broker.kill()
        assert not let_in(path, LOGIN, "secret")
        broker.start()
        assert let_in(path, LOGIN, "secret")
