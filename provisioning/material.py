"""Gathers what is brought to a Pi, and sees that it belongs together before one is touched."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from appliance import config
from appliance.errors import LobbyError
from appliance.strings import languages
from central.access.authority import RENEW, Authority
from central.access.certificates import days_left, name_of
from provisioning.brought import Material
from provisioning.guests import known
from provisioning.installer import installer
from provisioning.release import read
from provisioning.steps import Release

if TYPE_CHECKING:
    from collections.abc import Callable

    from central.access.inventory import Device, Holder, Inventory

ROOT: Final = Path(__file__).parent.parent


class MaterialError(LobbyError):
    """Something that is to be brought is missing, or does not fit; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where everything lies at the IT desk.

    Args:
        inventory: The inventory's file; `devices/{id}.toml` lie beside it.
        authority: Folder of the office's authority.
        root_key: Public key that signs trust lists.
        release: Folder of a release.
        release_key: Public key that signs releases.
        trust_list: The newest trust list, where there is one.
        older: The release may be older than the one on a Pi.
    """

    inventory: Path
    authority: Path
    root_key: Path
    release: Path
    release_key: Path
    trust_list: Path
    older: bool = False


def gather(inventory: Inventory, device: Device, sources: Sources) -> Material:
    """Give what is brought to a device.

    Raises:
        MaterialError: Something is missing or does not fit.
        ConfigError: The device's configuration is wrong.
        ReleaseError: The release is not signed, or not whole.
    """
    release_key = _bytes(sources.release_key)
    built = read(sources.release, release_key)
    authority = Authority(sources.authority)
    holders, now = inventory.holders, datetime.now(UTC)
    path = sources.inventory.parent / "devices" / f"{device.id}.toml"
    settings = _settings(inventory, device, path)
    ca = inventory.care.releases_ca
    return Material(
        configuration=path.read_bytes(),
        settings=settings,
        units=_units(device),
        installer=installer(),
        hasher=_bytes(ROOT / "provisioning" / "on_pi" / "bus_hashes.py"),
        authority=_bytes(authority.path),
        revoked=_bytes(authority.revocations_path),
        root_key=_bytes(sources.root_key),
        release_key=release_key,
        releases_ca=_bytes(sources.inventory.parent / ca) if ca else None,
        trust_list=_bytes(sources.trust_list) if sources.trust_list.exists() else None,
        guests=known(sources.inventory.parent),
        suits=suits(holders[device.id], authority.certificate(), now),
        sign=lambda request: authority.sign(request, holders, now).path.read_bytes(),
        release=Release(
            built.version, built.folder, tuple(built.sums.items()), older=sources.older
        ),
    )


def suits(holder: Holder, authority: x509.Certificate, now: datetime) -> Callable[[str, str], bool]:
    """Tell of a certificate and a key whether nothing is to be done about them.

    Args:
        holder: Whose they are to be.
        authority: Who must have signed.
        now: Aware time; it must last for 60 days from then.
    """

    def judge(certificate_pem: str, public_pem: str) -> bool:
        with suppress(ValueError, x509.ExtensionNotFound):
            certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
            certificate.verify_directly_issued_by(authority)
            return (
                name_of(certificate.subject) == holder.name
                and set(holder.hosts) <= {str(each.value) for each in names.value}
                and days_left(certificate, now) > RENEW.days
                and certificate.public_key()
                == serialization.load_pem_public_key(public_pem.encode())
            )
        return False

    def judge_any(certificate_pem: str, public_pem: str) -> bool:
        try:
            return judge(certificate_pem, public_pem)
        except Exception:  # noqa: BLE001  (whatever is wrong with it, a new one mends it)
            return False

    return judge_any


def _settings(inventory: Inventory, device: Device, path: Path) -> config.Settings:
    """Give a device's configuration, if it tells the same as the inventory."""
    settings = config.load(path, languages=languages())
    lobby = inventory.lobby_of(device)
    for what, here, there in (
        ("site", settings.site.id, device.site),
        ("lobby", settings.lobby.id, device.lobby),
        ("name", settings.device.name, device.name),
        ("roles", sorted(settings.device.roles), sorted(device.roles)),
        ("counters", sorted(each.id for each in settings.counters), sorted(lobby.counters)),
    ):
        if here != there:
            raise MaterialError(f"{path}: {what} is {here}, and {there} in the inventory: mend one")
    return settings


def _units(device: Device) -> dict[str, bytes]:
    """Give the units of all processes, as the recipe takes away what a device does not have."""
    units = {
        path.name: path.read_bytes()
        for path in sorted((ROOT / "systemd").iterdir())
        if path.suffix in {".service", ".target", ""}
    }
    for role in device.roles:
        if f"lobby-{role}.service" not in units:
            raise MaterialError(
                f"{device.id} has the role {role}, and this checkout no unit for it"
            )
    return units


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MaterialError(f"cannot read {path}: {error.strerror}") from error
