"""The lobby on the machine works with all hardening on, and comes back when it is killed."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import PROCESSES, main_process, processes_up, wait_for

if TYPE_CHECKING:
    from demo.emulator import PrinterEmulator
    from tests.provisioning.lobby import Page
    from tests.provisioning.nspawn import Nspawn
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]


def test_code_before_the_camera_becomes_a_slip_and_a_call(
    machine: Nspawn, desktop: Office, printer: PrinterEmulator, counter: Page
) -> None:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    before = len(printer.slips)
    machine.put(desktop.picture(slot), "/srv/pictures/phone.png")
    wait_for(lambda: len(printer.slips) > before, "a slip")
    machine.sudo("rm /srv/pictures/phone.png")
    found = re.search(r"\bA\d{3}\b", printer.slips[-1].text)
    assert found is not None, printer.slips[-1].text
    count = "ls /var/lib/lobby-board/pictures | wc -l"
    shown = int(machine.sudo(count))
    assert counter.ask("next") == found[0]
    board = counter.board(lambda board: any(call.ticket == found[0] for call in board.calls))
    assert {call.counter for call in board.calls} == {"1"}
    wait_for(lambda: int(machine.sudo(count)) > shown, "a new picture of the board")


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("process", PROCESSES)
def test_killed_process_is_back(machine: Nspawn, process: str) -> None:
    unit = f"lobby-{process}.service"
    before = main_process(machine, unit)
    machine.sudo(f"kill -9 {before}")
    took_s = wait_for(lambda: main_process(machine, unit) not in {"", before}, f"{unit} is back")
    print(f"{unit}: ready again {took_s:.1f} s after kill -9")  # noqa: T201  (shown with pytest -s)
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.usefixtures("counter")
def test_process_that_hangs_is_ended_by_its_watchdog(machine: Nspawn) -> None:
    unit = "lobby-scanner.service"
    before = main_process(machine, unit)
    machine.sudo(f"kill -STOP {before}")
    wait_for(lambda: main_process(machine, unit) not in {"", before}, "another scanner", 60)
    assert "Watchdog timeout" in machine.sudo(f"journalctl -o cat -u {unit}")
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.parametrize("killed", ["lobby-desk.service", "mosquitto.service", "nginx.service"])
def test_nobody_is_lost_when_something_is_killed_in_the_middle(
    machine: Nspawn, reception: Page, counter: Page, killed: str
) -> None:
    given = [reception.ask("issue", service="A1") for _ in range(5)]
    kill = f"sudo systemctl kill --kill-whom=main --signal=KILL {killed}"
    words = ("ssh", *machine.ssh_options, f"{machine.user_at_host}", kill)
    with subprocess.Popen(words) as killing:
        given += [reception.ask("issue", service="A1") for _ in range(10)]
    assert killing.returncode == 0
    assert len(set(given)) == len(given)
    counter.tickets(lambda numbers: numbers >= set(given))


@pytest.mark.usefixtures("reception")
def test_program_that_always_ends_is_tried_for_ever_but_not_without_pause(
    machine: Nspawn,
) -> None:
    unit = "lobby-scanner.service"
    # Its camera is gone: the scanner ends, again and again.
    machine.sudo("mv /srv/pictures /srv/away")
    try:
        wait_for(
            lambda: "sleep" in machine.sudo(f"systemctl status --no-pager {unit} || true"),
            "a pause before a start",
        )
    finally:
        machine.sudo("mv /srv/away /srv/pictures")
    wait_for(lambda: processes_up(machine), "all processes say that they are up", 90)
