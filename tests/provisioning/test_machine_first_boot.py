"""A Debian 13 that knows nothing but the files of the first boot lets the IT desk in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from provisioning.first_boot import files
from tests.provisioning.lobby import wait_for
from tests.provisioning.nspawn import SEED, Nspawn
from tests.provisioning.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]

USER: Final = "lobby-it"


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nspawn]:
    """A machine that was booted with nothing but the three files."""
    folder = tmp_path_factory.mktemp("card")
    key = folder / "ssh-key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    office = Office(tmp_path_factory.mktemp("office"))
    public = key.with_suffix(".pub").read_text("utf-8")
    made = files(office.device, USER, public, "Europe/Berlin")
    with Nspawn(folder, made, USER) as booted:
        yield booted


def test_files_follow_the_schema_of_cloud_init(card: Nspawn) -> None:
    for kind, name in (("cloud-config", "user-data"), ("network-config", "network-config")):
        told = card.sudo(f"cloud-init schema --schema-type {kind} --config-file /{SEED}/{name}")
        assert "Valid schema" in told


def test_first_boot_ends_without_complaint(card: Nspawn) -> None:
    wait_for(lambda: "done" in card.ssh("cloud-init status", check=False).stdout, "its end", 120)
    told = card.ssh("cloud-init status --long", check=False).stdout
    assert "errors: []" in told


def test_it_desk_is_in_with_its_key_and_may_become_root(card: Nspawn) -> None:
    assert card.ssh("id -un").stdout.strip() == USER
    assert card.sudo("id -un").strip() == "root"
    assert card.ssh("hostname").stdout.strip() == "sued-eingang-1"
    assert card.sudo(f"getent shadow {USER} | cut -d: -f2").strip().startswith("!")
