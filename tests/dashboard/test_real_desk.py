"""A real desk on the dashboard: its own certificate, its own words, its own last will."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.broker import Mosquitto
from tests.support.device import device

if TYPE_CHECKING:
    from tests.dashboard.centre import Centre
    from tests.dashboard.conftest import MakeCentre
    from tests.support.device import Device


def test_desk_is_seen_while_it_lives_and_gone_after_kill_9(make_centre: MakeCentre) -> None:
    centre = make_centre(SUED=1)
    (played,) = centre.devices
    watcher = centre.watches()
    there = watcher.tile("Geräte in Betrieb")
    with device() as pi, closing(Mosquitto(pi.folder)) as bus:
        configure(pi, centre)
        bus.start()
        with pi.started("desk") as desk:
            expect(there).to_have_text("1 von 1")
            # It has neither a printer nor a scanner, and says so.
            expect(watcher.row(played)).to_contain_text("Drucker: nicht erreichbar")
            desk.kill()
            watcher.sees(played, "aus")
            expect(there).to_have_text("0 von 1")
        with pi.started("desk"):
            expect(there).to_have_text("1 von 1")
        # Told to end, it says goodbye.
        watcher.sees(played, "aus")


def configure(pi: Device, centre: Centre) -> None:
    """Make it the device that the inventory has."""
    pi.edit('id = "EINGANG"', 'id = "HALLE-1"')
    pi.edit('name = "eingang-1"', 'name = "halle-1"')
    own = centre.fleet.identity("sued.halle-1")
    with pi.config.open("a", encoding="utf-8") as config:
        config.write(
            f'\n[uplink]\nbroker = "mqtts://localhost:{centre.fleet.ports["devices"]}"\n'
            f'ca = "{own.ca}"\ncertificate = "{own.certificate}"\nkey = "{own.key}"\n'
        )
