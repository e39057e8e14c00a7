"""The drill: a Pi is dead, and a spare one with a blank card takes its id."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from demo.emulator import PrinterEmulator
from tests.provisioning.lobby import Page, complaints
from tests.provisioning.nspawn import Nspawn
from tests.provisioning.office import DEVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioning.release import Built
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]


@dataclass
class Drill:
    """What there was before, and what there is now."""

    numbers: set[str | None]
    epochs: set[int]
    spare: Nspawn
    said: subprocess.CompletedProcess[str]
    page: Page


def epochs(machine: Nspawn) -> set[int]:
    """Give the epochs of a machine's journal."""
    told = machine.sudo("lobby journal export").splitlines()
    return {event["epoch"] for event in map(json.loads, told) if "epoch" in event}


@pytest.fixture(scope="module")
def drill(
    machine: Nspawn,
    desktop: Office,
    release: Built,
    reception: Page,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Drill]:
    """The dead Pi's certificates count no more; a blank one at its address is provisioned."""
    numbers = {reception.ask("issue", service="A1") for _ in range(3)}
    before = epochs(machine)
    machine.cut_power()
    desktop.central("ca", "revoke", DEVICE, "--ca", str(desktop.authority.folder))
    # As the page for IT staff says: the spare has another host key.
    (desktop.folder / "known_hosts").unlink()
    with ExitStack() as stack:
        spare = stack.enter_context(Nspawn(tmp_path_factory.mktemp("spare")))
        spare.sudo("mkdir -p /srv/pictures")
        with spare.network():
            stack.enter_context(PrinterEmulator(9100, strict=False))
        said = desktop.apply(spare.key, release.folder)
        page = stack.enter_context(Page(spare, desktop, "staff.console"))
        yield Drill(numbers, before, spare, said, page)


def test_spare_takes_the_id(drill: Drill, desktop: Office) -> None:
    assert complaints(drill.said) == []
    states = [each.revoked is None for each in desktop.authority.issued() if each.name == DEVICE]
    assert sorted(states) == [False, True]


def test_no_number_of_today_comes_twice(drill: Drill) -> None:
    given = [drill.page.ask("issue", service="A1") for _ in range(3)]
    assert not drill.numbers & set(given)
    # It might not be the only one that was given out today.
    assert all(number is not None and int(number[1:]) >= 500 for number in given)


def test_spare_begins_an_epoch_of_its_own(drill: Drill) -> None:
    assert drill.epochs
    assert not drill.epochs & epochs(drill.spare)
