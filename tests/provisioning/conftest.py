"""One machine for all tests of provisioning: a blank one costs a minute and more to provision.

What changes it is a fixture, what is seen after that a test. The files of tests are run in the
order of their names, and each leaves a lobby that works; the last one leaves a spare in its place.
"""

from __future__ import annotations

import signal
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from demo.emulator import PrinterEmulator
from tests.provisioning.lobby import Page, complaints
from tests.provisioning.nspawn import Nspawn
from tests.provisioning.office import ROOT, Office
from tests.provisioning.packages import PackageProxy
from tests.provisioning.reached import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioning.release import Built

PROXY_PORT = 3142


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nspawn]:
    """A blank machine, and the office's package proxy beside it."""
    folder = tmp_path_factory.mktemp("machine")
    with Nspawn(folder) as blank, PackageProxy(CACHE / "packages", blank.gateway, PROXY_PORT):
        yield blank


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory, machine: Nspawn) -> Office:
    """The IT desk that looks after the machine."""
    proxy = f"http://{machine.gateway}:{PROXY_PORT}"
    return Office(tmp_path_factory.mktemp("office"), machine.host, proxy)


@pytest.fixture(scope="session")
def release(desktop: Office) -> Built:
    """Release 1.0.0 of this checkout."""
    return desktop.build("1.0.0")


@pytest.fixture(scope="session")
def dry(desktop: Office, machine: Nspawn, release: Built) -> subprocess.CompletedProcess[str]:
    """What a dry run says of the blank machine."""
    return desktop.apply(machine.key, release.folder, "--dry-run")


@pytest.fixture(scope="session")
def interrupted(
    desktop: Office,
    machine: Nspawn,
    release: Built,
    dry: subprocess.CompletedProcess[str],
) -> str:
    """What a run said that was killed as soon as it had made the passwords."""
    assert dry.returncode == 0, dry.stdout + dry.stderr
    command = desktop.command(machine.key, release.folder)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, bufsize=1) as run:
        assert run.stdout is not None
        said = []
        for line in run.stdout:
            said.append(line)
            if "passwords of" in line:
                run.send_signal(signal.SIGKILL)
                break
    return "".join(said)


@pytest.fixture(scope="session")
def printer(machine: Nspawn) -> Iterator[PrinterEmulator]:
    """The printer, at port 9100 of the machine itself.

    It stands in the machine's own network, which goes with the power: what wants slips comes before
    what cuts it, as the files' names have it.
    """
    with ExitStack() as stack:
        with machine.network():
            emulator = stack.enter_context(PrinterEmulator(9100, strict=False))
        yield emulator


@pytest.fixture(scope="session")
def provisioned(
    desktop: Office,
    machine: Nspawn,
    release: Built,
    interrupted: str,
    printer: PrinterEmulator,
) -> subprocess.CompletedProcess[str]:
    """What the run said that went on after it."""
    assert "passwords of" in interrupted
    assert not printer.slips
    machine.sudo("mkdir -p /srv/pictures")
    return desktop.apply(machine.key, release.folder)


@pytest.fixture(scope="session")
def counter(
    machine: Nspawn,
    desktop: Office,
    provisioned: subprocess.CompletedProcess[str],
) -> Iterator[Page]:
    """The page of counter 1, which is open."""
    assert complaints(provisioned) == []
    with Page(machine, desktop, "counter.1") as page:
        page.ask("open_counter")
        yield page


@pytest.fixture(scope="session")
def reception(machine: Nspawn, desktop: Office, counter: Page) -> Iterator[Page]:
    """The reception, which gives out as many numbers as it likes; a kiosk keeps a pace."""
    assert counter
    with Page(machine, desktop, "staff.console") as page:
        yield page
