"""The files of the first boot: what stands on a partition that everyone can read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from provisioning.first_boot import FirstBootError, files, write
from tests.provisioning.office import Office

if TYPE_CHECKING:
    from pathlib import Path

KEY: Final = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHj1 it@desk"


@pytest.fixture
def made(tmp_path: Path) -> dict[str, str]:
    return dict(files(Office(tmp_path).device, "lobby-it", f"{KEY}\n", "Europe/Berlin"))


def test_user_gets_in_by_key_alone(made: dict[str, str]) -> None:
    told = yaml.safe_load(made["user-data"])
    (user,) = told["users"]
    assert user["ssh_authorized_keys"] == [KEY]
    assert user["lock_passwd"] is True
    assert told["ssh_pwauth"] is False


def test_cloud_init_takes_it_for_its_own(made: dict[str, str]) -> None:
    assert made["user-data"].startswith("#cloud-config\n")
    assert json.loads(made["meta-data"])["instance-id"] == "sued-eingang-1"
    assert yaml.safe_load(made["network-config"])["network"]["version"] == 2


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc", f"{KEY}\n{KEY}", "ssh-ed25519"]
)
def test_what_is_no_public_key_is_not_written(tmp_path: Path, text: str) -> None:
    with pytest.raises(FirstBootError, match=r"ends in \.pub"):
        files(Office(tmp_path).device, "lobby-it", text, "Europe/Berlin")


def test_folder_that_is_no_card_is_said_plainly(made: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(FirstBootError, match="cannot write to"):
        write(made, tmp_path / "bootfs")
