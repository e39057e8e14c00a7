"""The files that bring a blank card on the network with a key, and no further.

Raspberry Pi OS reads them from its boot partition, as cloud-init's NoCloud does: `user-data`,
`meta-data`, `network-config`. They stay on that partition, which anyone reads who holds the card:
so there is nothing secret in them. No password, no wireless network's key; the public half of an
SSH key lets in who has the other. The Pi makes its own host keys.

Upstream's words only, which `cloud-init schema` knows: the imager's own are not the same in every
image.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from appliance.errors import LobbyError
from appliance.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from central.access.inventory import Device

HEAD: Final = (
    "#cloud-config\n# Written by provisioning, for the first boot. Nothing in it is secret.\n"
)
_PUBLIC_KEY: Final = re.compile(
    r"(ssh-ed25519|ecdsa-sha2-\S+|sk-\S+|ssh-rsa) [A-Za-z0-9+/=]+( .*)?"
)


class FirstBootError(LobbyError):
    """The files cannot be made; the sentence says why."""


def files(device: Device, user: str, public_key: str, timezone: str) -> Mapping[str, str]:
    """Give the files, by name.

    Args:
        device: Which.
        user: Who will provision it.
        public_key: Theirs, one line.
        timezone: Of the clock on the wall, as in the IANA database.

    Raises:
        FirstBootError: It is no public key.
    """
    line = public_key.strip()
    if _PUBLIC_KEY.fullmatch(line) is None:
        raise FirstBootError(
            "this is no public SSH key of one line: give the file that ends in .pub"
        )
    host = device.id.replace(".", "-")
    # JSON is YAML, and nobody has to think about what wants quotes.
    told = {
        "hostname": host,
        "manage_etc_hosts": True,
        "timezone": timezone,
        "ssh_pwauth": False,
        "disable_root": True,
        "users": [
            {
                "name": user,
                "gecos": "IT desk",
                "groups": ["sudo"],
                "shell": "/bin/bash",
                "lock_passwd": True,
                "sudo": ["ALL=(ALL) NOPASSWD:ALL"],
                "ssh_authorized_keys": [line],
            }
        ],
        # Raspberry Pi OS has SSH switched off.
        "runcmd": [["systemctl", "enable", "--now", "ssh"]],
    }
    network = {"version": 2, "ethernets": {"eth0": {"dhcp4": True, "optional": True}}}
    return {
        "user-data": HEAD + json.dumps(told, indent=2) + "\n",
        # Another id makes cloud-init do all of it again: the same card in another lobby.
        "meta-data": json.dumps({"instance-id": host, "local-hostname": host}) + "\n",
        "network-config": json.dumps({"network": network}, indent=2) + "\n",
    }


def write(made: Mapping[str, str], out: Path) -> None:
    """Write the files to a folder that is there, such as a card's boot partition.

    Raises:
        FirstBootError: They cannot be written.
    """
    try:
        for name, text in made.items():
            write_atomically(out / name, text.encode())
    except OSError as error:
        raise FirstBootError(f"cannot write to {out}: {error.strerror}") from error
