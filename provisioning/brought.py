"""What is brought to a Pi that is not in the inventory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from appliance.config import Settings
from provisioning.steps import Release


@dataclass(frozen=True, slots=True)
class Material:
    """What is brought to a Pi that is not in the inventory; none of it is secret.

    Args:
        configuration: The device's `lobby.toml`.
        settings: What it says.
        units: Name → text of the units, `backoff` among them.
        installer: The program that installs releases.
        hasher: The program with which a satellite tells its passwords' hashes.
        authority: The office's certificate (PEM).
        revoked: Its list of revoked certificates (PEM).
        root_key: Public key that signs trust lists.
        release_key: Public key that signs releases (PEM).
        releases_ca: Who may vouch for the server of releases (PEM); None: whom Debian trusts.
        trust_list: Newest trust list, for the first day; None: it comes by the uplink.
        guests: For a desk's Pi: the logins of its satellites, each with a hash, as they told them.
        suits: See `steps.Certificate`.
        sign: The same.
        release: What shall run.
    """

    configuration: bytes = field(repr=False)
    settings: Settings = field(repr=False)
    units: Mapping[str, bytes] = field(repr=False)
    installer: bytes = field(repr=False)
    hasher: bytes = field(repr=False)
    authority: bytes = field(repr=False)
    revoked: bytes = field(repr=False)
    root_key: bytes = field(repr=False)
    release_key: bytes = field(repr=False)
    releases_ca: bytes | None = field(repr=False)
    trust_list: bytes | None = field(repr=False)
    guests: Mapping[str, str] = field(repr=False)
    suits: Callable[[str, str], bool] = field(repr=False)
    sign: Callable[[bytes], bytes] = field(repr=False)
    release: Release
