"""A card without room: the day goes on, staff are told, and nothing of it is missing afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import main_process, processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, alarms, page

if TYPE_CHECKING:
    from demo.emulator import PrinterEmulator
    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]


@dataclass
class Full:
    """What was given out by a lobby whose card has no room.

    Args:
        free: Bytes that anybody but root might still write.
        given: Numbers.
        slips: How many came out of the printer.
        alarms: Which were on.
    """

    free: int
    given: list[str | None]
    slips: int
    alarms: set[str]


@pytest.fixture(scope="module")
def full(lobby: Qemu, desktop: Office, printer: PrinterEmulator) -> Full:
    """Fill the card to the last block, take numbers, and make room again."""
    free = "df --output=avail --block-size=1 / | tail -n 1"
    lobby.sudo(f"fallocate -l $({free}) /var/tmp/big")
    # What is kept back for root as well: nobody can write anything.
    lobby.sudo("dd if=/dev/zero of=/var/tmp/rest bs=64K 2>/dev/null || true")
    lobby.sudo("dd if=/dev/zero of=/var/tmp/last bs=4K 2>/dev/null || true")
    left, printed = int(lobby.sudo(free)), len(printer.slips)
    with page(lobby, desktop, RECEPTION) as reception:
        given = [reception.ask("issue", service="A1") for _ in range(30)]
    wait_for(lambda: len(printer.slips) >= printed + 30, "thirty slips", PATIENT_S)
    wait_for(lambda: bool({"card", "disk"} & alarms(lobby)), "staff are told", PATIENT_S)
    on = alarms(lobby)
    lobby.sudo("rm /var/tmp/big /var/tmp/rest /var/tmp/last")
    return Full(left, given, len(printer.slips) - printed, on)


def test_there_was_no_room(full: Full) -> None:
    # Otherwise the rest shows nothing.
    assert full.free == 0


def test_lobby_without_room_gives_numbers_and_prints_them(full: Full) -> None:
    assert len(set(full.given)) == 30
    assert full.slips == 30


def test_staff_are_told(full: Full) -> None:
    assert {"card", "disk"} & full.alarms


def test_nothing_of_it_is_missing_once_there_is_room_again(
    lobby: Qemu, desktop: Office, full: Full
) -> None:
    wait_for(lambda: not {"card", "disk"} & alarms(lobby), "that it is well", PATIENT_S)
    unit = "lobby-desk.service"
    before = main_process(lobby, unit)
    lobby.sudo(f"kill -9 {before}")
    wait_for(lambda: main_process(lobby, unit) not in {"", before}, "another desk", PATIENT_S)
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
    with page(lobby, desktop, "counter.1") as counter:
        assert counter.tickets(lambda _: True) >= set(full.given)
