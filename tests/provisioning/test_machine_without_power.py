"""Everything on the machine ends at one moment, while people wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import processes_up, wait_for

if TYPE_CHECKING:
    from tests.provisioning.lobby import Page
    from tests.provisioning.nspawn import Nspawn

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]


@dataclass
class Cut:
    """What was given out before."""

    given: set[str | None]


@pytest.fixture(scope="module")
def cut(machine: Nspawn, reception: Page) -> Cut:
    """All processes of the machine end at one moment, and it boots again.

    What the kernel had not written yet is not lost: that needs a machine with a disk of its own.
    """
    given = {reception.ask("issue", service="A1") for _ in range(10)}
    machine.cut_power()
    machine.boot()
    return Cut(given)


def test_lobby_is_there_again_by_itself(machine: Nspawn, cut: Cut) -> None:
    assert cut.given
    wait_for(lambda: processes_up(machine), "all processes say that they are up", 90)
    assert "active" in machine.ssh("systemctl is-active lobby.target").stdout


def test_everyone_who_waited_still_waits_and_no_number_comes_twice(
    cut: Cut, reception: Page, counter: Page
) -> None:
    counter.tickets(lambda numbers: numbers >= cut.given)
    assert reception.ask("issue", service="A1") not in cut.given


@pytest.mark.usefixtures("cut")
def test_firewall_is_there_after_the_boot(machine: Nspawn) -> None:
    assert "policy drop" in machine.sudo("nft list table inet lobby")
