"""A machine that boots without any idea of the time works, and takes the time when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, alarms, page
from tests.provisioning.vm.time_server import time_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.emulator import PrinterEmulator
    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]


@dataclass
class Past:
    """What happened on a machine without the time.

    Args:
        believed: What it took for the time.
        alarms: Which were on.
        before: Numbers from before it booted.
        meanwhile: Numbers that it gave out then.
        slips: How many it printed for a code before its camera.
    """

    believed: datetime
    alarms: set[str]
    before: list[str | None]
    meanwhile: list[str | None]
    slips: int


def time_of(machine: Qemu) -> datetime:
    """Give what it takes for the time."""
    return datetime.fromtimestamp(int(machine.ssh("date +%s").stdout), UTC)


@pytest.fixture(scope="module")
def past(lobby: Qemu, desktop: Office, printer: PrinterEmulator) -> Past:
    """It boots with a clock of 1970, nothing kept of the time, and no time server."""
    with page(lobby, desktop, RECEPTION) as reception:
        before = [reception.ask("issue", service="A1") for _ in range(3)]
    # Else it would believe what it saved last, some minutes ago. Now systemd itself is the only
    # one to know better than the hardware: it takes no time for true that is before its own making.
    lobby.sudo("systemctl stop systemd-timesyncd; rm -rf /var/lib/systemd/timesync/*; sync")
    lobby.cut_power()
    lobby.boot("1970-01-01T00:00:00")
    believed = time_of(lobby)
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
    printed = len(printer.slips)
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    lobby.put(desktop.picture(slot), "/srv/pictures/phone.png")
    wait_for(lambda: len(printer.slips) > printed, "a slip", PATIENT_S)
    lobby.sudo("rm /srv/pictures/phone.png")
    with page(lobby, desktop, RECEPTION) as reception:
        meanwhile = [reception.ask("issue", service="A1") for _ in range(3)]
    wait_for(lambda: "clock" in alarms(lobby), "staff are told", PATIENT_S)
    return Past(believed, alarms(lobby), before, meanwhile, len(printer.slips) - printed)


@pytest.fixture(scope="module")
def healed(lobby: Qemu, past: Past) -> Iterator[datetime]:
    """The time server answers; the time right after the machine had taken it."""
    assert past.believed
    with time_server(lobby.gateway):
        wait_for(
            lambda: lobby.ssh("timedatectl show -P NTPSynchronized").stdout == "yes\n",
            "the time",
            PATIENT_S,
        )
        yield time_of(lobby)


def test_machine_without_the_time_is_far_back(past: Past) -> None:
    # Otherwise the rest shows nothing.
    assert past.believed < datetime.now(UTC) - timedelta(days=30)


def test_lobby_without_the_time_checks_in_and_gives_numbers(past: Past) -> None:
    assert past.slips >= 1
    assert None not in past.meanwhile


def test_no_number_is_given_twice_with_the_clock_set_back(past: Past) -> None:
    given = [*past.before, *past.meanwhile]
    assert len(set(given)) == len(given)


def test_staff_are_told_that_the_time_is_missing(past: Past) -> None:
    assert "clock" in past.alarms


def test_time_heals_by_itself_when_the_server_is_back(healed: datetime) -> None:
    assert abs(datetime.now(UTC) - healed) < timedelta(minutes=10)


@pytest.mark.usefixtures("healed")
def test_everyone_still_waits_when_the_time_has_come(
    lobby: Qemu, desktop: Office, past: Past
) -> None:
    wait_for(lambda: "clock" not in alarms(lobby), "staff are told that it is well", PATIENT_S)
    assert processes_up(lobby)
    with page(lobby, desktop, "counter.1") as counter:
        assert counter.tickets(lambda _: True) >= {*past.before, *past.meanwhile}
