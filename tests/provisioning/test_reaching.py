"""A Pi that cannot be reached is said in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioning.cli import table
from provisioning.machine import Address, MachineError, connected
from provisioning.provision import Outcome
from tests.support.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path


def address(folder: Path, port: int) -> Address:
    return Address("127.0.0.1", port, "it", None, folder / "known_hosts")


def test_pi_that_is_off_is_said_in_a_sentence(tmp_path: Path) -> None:
    off = address(tmp_path, free_port())
    with (
        pytest.raises(MachineError, match=r"^sued\.eingang-1: no SSH to 127\.0\.0\.1") as caught,
        connected("sued.eingang-1", off, dry=True),
    ):
        pass
    assert "Traceback" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_table_has_a_line_for_each_device_and_why_it_was_not_done() -> None:
    rows = table(
        [
            Outcome("sued.eingang-1", 61, "well"),
            Outcome("sued.neu-1", 0, sentence="no SSH to 192.0.2.9:22"),
            Outcome("sued.hof-1", 0, "well", owed="restart it: its limits count from then on"),
        ]
    )
    assert rows.splitlines() == [
        "DEVICE          CHANGES  DOCTOR",
        "sued.eingang-1  61       well",
        "sued.neu-1      0        not asked  no SSH to 192.0.2.9:22",
        "sued.hof-1      0        well       restart it: its limits count from then on",
    ]


@pytest.mark.parametrize(
    ("outcome", "well"),
    [
        (Outcome("a", 1, "well"), True),
        (Outcome("a", 0, "none yet"), True),
        (Outcome("a", 0, "well", owed="restart it"), True),
        (Outcome("a", 0, "NOT WELL"), False),
        (Outcome("a", 0, sentence="no SSH"), False),
    ],
)
def test_run_is_well_only_if_the_doctor_says_so(
    outcome: Outcome,
    well: bool,  # noqa: FBT001  (a table)
) -> None:
    assert outcome.well is well
