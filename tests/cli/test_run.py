"""The processes with something wrong around them: one clear sentence, or the day goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from appliance.journal.journal import Journal
from appliance.journal.reading import JournalReader
from appliance.line import events
from tests.support.device import DEADLINE_S, Device, device

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

PROCESSES = ("desk", "scanner", "board")


@pytest.fixture
def pi() -> Iterator[Device]:
    with device() as made:
        yield made


def wait_for_tickets(pi: Device, count: int) -> list[events.TicketIssued]:
    until_s = time.monotonic() + DEADLINE_S
    issued: list[events.TicketIssued] = []
    with JournalReader(pi.folder / "state" / "journal.sqlite") as journal:
        while len(issued) < count:
            assert time.monotonic() < until_s, pi.log("desk")
            issued += [e for e in journal.news() if isinstance(e, events.TicketIssued)]
            time.sleep(0.02)
    return issued


def one_sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """Check that a process ended with one sentence for people, and give it."""
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    (sentence,) = [line for line in ended.stderr.splitlines() if line.startswith("lobby: ")]
    return sentence


@pytest.mark.parametrize("process", PROCESSES)
def test_no_configuration(pi: Device, process: str) -> None:
    pi.config.unlink()
    ended = pi.run(process)
    assert ended.returncode == 2
    assert str(pi.config) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("process", PROCESSES)
def test_no_password(pi: Device, process: str) -> None:
    (pi.folder / "passwords" / process).unlink()
    ended = pi.run(process)
    assert ended.returncode == 1
    assert str(pi.folder / "passwords" / process) in one_sentence(ended)


def test_password_that_others_may_read_is_refused_and_not_shown(pi: Device) -> None:
    (pi.folder / "passwords" / "desk").chmod(0o644)
    ended = pi.run("desk")
    assert ended.returncode == 1
    assert "chmod 600" in one_sentence(ended)
    assert "secret\n" not in ended.stderr


def test_second_desk_on_the_same_journal(pi: Device) -> None:
    with Journal(pi.folder / "state" / "journal.sqlite"):
        ended = pi.run("desk")
    assert ended.returncode == 1
    assert "already being written by process" in one_sentence(ended)


def test_journal_that_is_none_is_set_aside_and_the_day_goes_on(pi: Device) -> None:
    state = pi.folder / "state"
    (state / "journal.sqlite").write_bytes(b"x" * 5000)
    with pi.started("desk"):
        pi.press()
        pi.wait_for_log("desk", "journal_aside")
    (aside,) = state.glob("journal.sqlite.aside-*")
    assert aside.read_bytes() == b"x" * 5000
    assert "Traceback" not in pi.log("desk")


def test_no_camera_folder(pi: Device) -> None:
    (pi.folder / "camera").rmdir()
    ended = pi.run("scanner")
    assert ended.returncode == 1
    assert str(pi.folder / "camera") in one_sentence(ended)


def test_empty_camera_folder_is_told_and_looked_at_on(pi: Device) -> None:
    with pi.started("scanner"):
        pi.wait_for_log("scanner", str(pi.folder / "camera"))
    assert "Traceback" not in pi.log("scanner")


def test_board_that_cannot_write_its_pictures(pi: Device) -> None:
    (pi.folder / "board").write_text("a file, where a folder should be")
    ended = pi.run("board")
    assert ended.returncode == 1
    assert str(pi.folder / "board") in one_sentence(ended)


def test_desk_without_broker_printer_and_trust_list_keeps_the_line(pi: Device) -> None:
    with pi.started("desk"):
        pi.wait_for_log("desk", "no broker answers")
        pi.wait_for_log("desk", "printer: ")
        pi.wait_for_log("desk", "codes: ")
        pi.press()
        pi.press()
        assert [e.ticket for e in wait_for_tickets(pi, 2)] == ["A001", "A002"]
    assert "Traceback" not in pi.log("desk")


def test_desk_that_was_killed_goes_on_with_the_next_number(pi: Device) -> None:
    with pi.started("desk") as running:
        pi.press()
        wait_for_tickets(pi, 1)
        running.kill()
        running.wait(DEADLINE_S)
    with pi.started("desk"):
        pi.press()
        assert [e.ticket for e in wait_for_tickets(pi, 2)] == ["A001", "A002"]


@pytest.mark.parametrize("process", PROCESSES)
def test_process_without_a_broker_starts_and_ends_in_order(pi: Device, process: str) -> None:
    with pi.started(process):
        pi.wait_for_log(process, "no broker answers")
    assert "Traceback" not in pi.log(process)
    assert pi.log(process).count("no broker answers") == 1
