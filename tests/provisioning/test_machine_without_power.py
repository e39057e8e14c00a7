"""Everything on the machine ends at one moment: while people wait, and while a release is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import processes_up, wait_for
from tests.provisioning.spoilt import hangs_as_it_starts

if TYPE_CHECKING:
    from tests.provisioning.lobby import Page
    from tests.provisioning.nspawn import Nspawn
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]

WHICH = "basename $(readlink /opt/lobby/current)"


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


@dataclass
class Trial:
    """A release that hangs as it starts, and whose trial the cut ended.

    Args:
        before: The release that ran.
        given: What was given out before.
    """

    before: str
    given: set[str | None]


@pytest.fixture(scope="module")
def trial(machine: Nspawn, desktop: Office, reception: Page, cut: Cut) -> Trial:
    """The power goes once more, in the seconds between the switch and the verdict."""
    assert cut.given
    before, bad = machine.sudo(WHICH).strip(), desktop.build("1.9.0", hangs_as_it_starts)
    given = {reception.ask("issue", service="A1")}
    with desktop.running(desktop.command(machine.key, bad.folder)) as provisioning:
        wait_for(lambda: machine.sudo(WHICH).strip() == "1.9.0", "the bad release", 120)
        machine.cut_power()
        # It would wait for an answer for ever.
        provisioning.kill()
    machine.boot()
    return Trial(before, given)


def test_bad_release_whose_trial_the_cut_ended_is_taken_back_after_the_boot(
    machine: Nspawn, trial: Trial, counter: Page
) -> None:
    wait_for(lambda: machine.sudo(WHICH).strip() == trial.before, "the release before", 60)
    wait_for(lambda: processes_up(machine), "all processes say that they are up")
    wait_for(lambda: "on trial" not in machine.sudo("lobby-release list"), "the end of the trial")
    told = machine.sudo("journalctl -o cat -u lobby-judge.service")
    assert "release 1.9.0 is worse" in told
    assert f"{trial.before} runs again" in told
    counter.tickets(lambda numbers: numbers >= trial.given)
