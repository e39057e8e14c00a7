"""`lobby why`: from the journal, in one plain sentence a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.cli import main
from appliance.journal.journal import Journal
from appliance.line import commands
from tests.support.device import Device, device
from tests.support.lobby import DAY, Played, at, booking

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pi() -> Iterator[Device]:
    lobby = Played()
    asked: list[tuple[commands.Command, str]] = [
        (commands.OpenCounter("1"), "07:59"),
        (commands.Issue("A1"), "08:00"),
        (commands.CheckIn(booking("08:20")), "08:15"),
        (commands.Next("1"), "08:16"),
        (commands.Next("1"), "08:25"),
        (commands.Recall("1"), "08:27"),
    ]
    with device() as made, Journal(made.folder / "state" / "journal.sqlite") as journal:
        for command, clock in asked:
            decision = lobby.line.decide(command, at(clock))
            journal.commit(decision.events, day=str(DAY))
            lobby.line = lobby.line.apply_all(decision.events)
        yield made


def test_each_call_is_told(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "A002", "--config", str(pi.config), "--language", "en"]) == 0
    assert capsys.readouterr().out == (
        "02.03.2026 08:16  A002 to counter 1: appointment at 08:20;"
        " 1 with an earlier number go on waiting.\n"
    )
    assert main(["why", "A001", "--config", str(pi.config)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "02.03.2026 08:25  A001 an Platz 1: niemand sonst wartet darauf.",
        "02.03.2026 08:27  A001 wird noch einmal an Platz 1 gerufen.",
    ]


def test_number_that_was_never_called(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "A099", "--config", str(pi.config)]) == 1
    assert capsys.readouterr().err == "lobby: the journal knows no call of A099.\n"


def test_language_that_nobody_speaks(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "A001", "--config", str(pi.config), "--language", "tlh"]) == 2
    assert "de, de-simple, en" in capsys.readouterr().err


def test_no_journal(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    pi.edit("/state", "/elsewhere")
    assert main(["why", "A001", "--config", str(pi.config)]) == 1
    assert "cannot be read as a journal" in capsys.readouterr().err
