"""A small fleet: its inventory, its authority, and brokers set up from the files made for them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance.bus.addresses import Anchor, Identity, Tcp, Tls
from central.access.authority import Authority
from central.access.inventory_file import load
from central.access.rights import Places, files_of
from tests.support.broker import Mosquitto
from tests.support.ports import free_port, free_ports

if TYPE_CHECKING:
    from pathlib import Path

    from central.access.inventory import Inventory

GOD, WITNESS = "god", "witness"
"""Logins of the tests' own, which may say and hear everything."""
MARKER: Final = "marker"
"""A topic of the tests' own, which everyone may hear."""
BEYOND: Final = f"""
user {GOD}
topic readwrite #
user {WITNESS}
topic read #
topic read $SYS/#

pattern read {MARKER}
"""

INVENTORY: Final = """\
[central]
host = "localhost"
port = {devices}
office_port = {office}
dashboard_port = {dashboards}
pages_port = {pages}

[bus]
counters_port = {counters}
satellites_port = {satellites}

[[site]]
id = "SUED"

[[site]]
id = "NORD"

[[lobby]]
site = "SUED"
id = "EINGANG"
counters = ["1", "2"]
staff = ["reception-1"]
kiosks = ["entrance", "yard"]

[[lobby]]
site = "SUED"
id = "NEU"
counters = ["1"]

[[lobby]]
site = "NORD"
id = "EINGANG"
counters = ["1"]

[[device]]
site = "SUED"
name = "eingang-1"
lobby = "EINGANG"
host = "127.0.0.1"  # the tests' bus

[[device]]
site = "SUED"
name = "hof-1"
lobby = "EINGANG"
host = "hof-1.example"
roles = ["scanner", "board"]

[[device]]
site = "SUED"
name = "yard-1"
lobby = "EINGANG"
host = "yard-1.example"
roles = ["kiosk"]
kiosk = "yard"

[[device]]
site = "SUED"
name = "neu-1"
lobby = "NEU"
host = "neu-1.example"

[[device]]
site = "NORD"
name = "eingang-1"
lobby = "EINGANG"
host = "nord-1.example"

[[dashboard]]
name = "city"

[[dashboard]]
name = "south"
sites = ["SUED"]
follow = true
"""
PORTS: Final = ("devices", "office", "dashboards", "pages", "counters", "satellites")


def ask(name: str, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Give a request for a certificate, as a device makes it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Fleet:
    """What the office has: an inventory and an authority.

    Args:
        folder: Where all of it goes.
        inventory: What it has, with places for the ports.
    """

    def __init__(self, folder: Path, inventory: str = INVENTORY) -> None:
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.inventory_path = folder / "inventory.toml"
        self.inventory_path.write_text(inventory.format(**self.ports), "utf-8")
        self.inventory: Inventory = load(self.inventory_path)
        self.authority = Authority(folder / "ca")
        self.now = datetime.now(UTC)
        self.authority.create("Jobcenter Musterstadt", self.now)

    def identity(self, name: str, *, ago: timedelta = timedelta(0)) -> Identity:
        """Make a key, and have it signed some time ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self.authority.sign(ask(name, key), self.inventory.holders, self.now - ago)
        path = self.folder / f"{issued.serial}.key"
        path.touch(0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Identity(self.authority.path, issued.path, path)


class Broker(Mosquitto):
    """A mosquitto that runs on the files made for it, as they are.

    Beside what is in them: the harness's plain listeners, and the logins of the tests' own.

    Args:
        fleet: Whose.
        kind: `centre`, or `bus/{device}`.
        name: Of its certificate.
    """

    def __init__(self, fleet: Fleet, kind: str, name: str) -> None:
        directory = fleet.folder / kind.replace("/", "-")
        directory.mkdir()
        self._fleet, self._kind, self._name = fleet, kind, name
        places = Places(
            str(directory),
            str(directory / "processes.sock"),
            f"{directory}/",
            str(directory / "pages"),
            free_port(),
        )
        self.websockets = places.websockets
        self.files = files = files_of(fleet.inventory, places)
        self.settings, self.list = files[f"{kind}/mosquitto.conf"], files[f"{kind}/access.acl"]
        self.logins = [
            line for line in files[f"{kind}/logins"].splitlines() if not line.startswith("#")
        ]
        super().__init__(directory, logins=dict.fromkeys([*self.logins, GOD, WITNESS], "secret"))
        own = fleet.identity(name)
        for name_, path in (("own.pem", own.certificate), ("own.key", own.key), ("ca.pem", own.ca)):
            (directory / name_).write_bytes(path.read_bytes())
        self.take_revocations()

    def take_revocations(self) -> None:
        """Put the authority's newest list beside the broker."""
        listed = self._fleet.authority.revocations_path.read_bytes()
        (self.directory / "crl.pem").write_bytes(listed)

    @property
    def plain(self) -> Tcp:
        """The harness's own listener."""
        return Tcp(self.host, self.port)

    def tls(self, listener: str, identity: Anchor, path: str | None = None) -> Tls:
        """Give the address of a listener of the inventory."""
        (host,) = self._fleet.inventory.holders[self._name].hosts
        return Tls(host, self._fleet.ports[listener], identity, path)

    def _configure(self) -> Path:
        lines = [
            *(["user root"] if os.geteuid() == 0 else []),
            "log_dest stderr",
            self.settings,
            f"listener 0 {self.socket}",
            f"listener {self.port} {self.host}",
        ]
        (self.directory / "access.acl").write_text(self.list + BEYOND, "utf-8")
        self._write_passwords()
        path = self.directory / "mosquitto.conf"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path
