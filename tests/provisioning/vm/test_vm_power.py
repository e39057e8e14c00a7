"""The power goes while people take numbers, several times: nobody with a slip is lost."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

import pytest

from tests.provisioning.lobby import processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, page

if TYPE_CHECKING:
    from demo.emulator import PrinterEmulator
    from tests.provisioning.lobby import Page
    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

CUTS: Final = 3
NUMBERS_BEFORE_EACH: Final = 4
PHONES: Final = 8


@dataclass
class Morning:
    """What came of it.

    Args:
        open: Numbers that were open before.
        answered: What the reception's page was told, in order.
        slips: Numbers on paper.
        synced: What was left, at each cut, of a file that had been synced.
        unsynced: The same of one that had not.
        took_s: How long until the lobby was there again.
    """

    open: set[str]
    answered: list[str] = field(default_factory=list)
    slips: set[str] = field(default_factory=set)
    synced: list[str] = field(default_factory=list)
    unsynced: list[str] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)


class Visitors:
    """People at the reception, one after the other; each waits for the answer, whatever happens.

    Args:
        reception: Its page.
        told: Where their numbers go.

    Attributes:
        coming: Whether a next one comes; who is there already is not sent away.
    """

    def __init__(self, reception: Page, told: list[str]) -> None:
        self._reception = reception
        self._told = told
        self.coming = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._come, name="visitors")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENT_S + 10)
        assert not self._thread.is_alive()

    def _come(self) -> None:
        while not self._stop.is_set():
            if not self.coming.wait(0.2):
                continue
            number = self._reception.ask("issue", service="A1")
            assert number is not None
            self._told.append(number)


@pytest.fixture(scope="module")
def morning(lobby: Qemu, desktop: Office, printer: PrinterEmulator) -> Morning:
    """Codes before the camera, visitors at the reception, and no power every now and then."""
    with page(lobby, desktop, "counter.1") as counter:
        kept = Morning(counter.tickets(lambda _: True))
    printed = len(printer.slips)
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    for number in range(PHONES):
        lobby.put(desktop.picture(slot), f"/srv/pictures/phone{number}.png")
    lobby.sudo("sync")
    with (
        page(lobby, desktop, RECEPTION) as reception,
        Visitors(reception, kept.answered) as visitors,
    ):
        for _ in range(CUTS):
            enough = len(kept.answered) + NUMBERS_BEFORE_EACH
            lobby.sudo("echo yes >/var/tmp/synced; sync; echo yes >/var/tmp/unsynced")
            visitors.coming.set()
            wait_for(lambda: len(kept.answered) >= enough, "further numbers", PATIENT_S)  # noqa: B023  (called at once)
            lobby.cut_power()
            visitors.coming.clear()
            took_s = lobby.boot()
            kept.synced.append(lobby.sudo("cat /var/tmp/synced"))
            kept.unsynced.append(lobby.sudo("cat /var/tmp/unsynced 2>/dev/null || true"))
            lobby.sudo("rm -f /var/tmp/synced /var/tmp/unsynced")
            more_s = wait_for(lambda: processes_up(lobby), "the lobby again", PATIENT_S)
            kept.took_s.append(took_s + more_s)
    print("up again after a power cut: ", kept.took_s)  # noqa: T201  (shown with pytest -s)

    def booked() -> set[str]:
        return numbers(printer, printed) - set(kept.answered)

    wait_for(lambda: len(booked()) >= PHONES, "a slip for each code", PATIENT_S)
    lobby.sudo("rm /srv/pictures/phone*.png")
    kept.slips = numbers(printer, printed)
    return kept


def numbers(printer: PrinterEmulator, since: int) -> set[str]:
    """Give the numbers on slips: those that came after so many."""
    texts = [slip.text for slip in list(printer.slips)[since:]]
    return {found[0] for text in texts if (found := re.search(r"\bA\d{3,}\b", text))}


@pytest.fixture(scope="module")
def waiting(lobby: Qemu, desktop: Office, morning: Morning) -> set[str]:
    """The numbers that are open now, other than those that were before."""
    with page(lobby, desktop, "counter.1") as counter:
        return counter.tickets(lambda _: True) - morning.open


def test_cut_takes_what_was_not_synced_and_nothing_else(morning: Morning) -> None:
    # Otherwise the rest shows nothing.
    assert morning.synced == ["yes\n"] * CUTS
    assert [text.strip("\0") for text in morning.unsynced] == [""] * CUTS


def test_nobody_with_a_slip_is_lost(morning: Morning, waiting: set[str]) -> None:
    assert morning.slips - waiting == set()


def test_nobody_who_was_told_a_number_is_lost(morning: Morning, waiting: set[str]) -> None:
    assert set(morning.answered) - waiting == set()


def test_no_number_is_given_twice(morning: Morning) -> None:
    assert sorted(morning.answered) == sorted(set(morning.answered))
    assert not set(morning.answered) & morning.open


def test_each_gets_one_number_however_often_it_was_asked_for(
    morning: Morning, waiting: set[str]
) -> None:
    assert len(waiting) == len(morning.answered) + PHONES


def test_firewall_is_there_after_the_boot(lobby: Qemu, morning: Morning) -> None:
    assert morning.took_s
    assert "policy drop" in lobby.sudo("nft list table inet lobby")
