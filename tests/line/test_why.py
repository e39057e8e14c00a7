"""Why someone was called: told from the call alone."""

from __future__ import annotations

import pytest

from appliance.line import commands, events
from appliance.line.model import Because, WhyCalled
from appliance.line.why import explain
from appliance.strings import languages, texts
from tests.support.lobby import Played, at


def call(lobby: Played, clock: str) -> events.TicketCalled:
    decision = lobby.line.decide(commands.Next("1"), at(clock))
    (event,) = [e for e in decision.events if isinstance(e, events.TicketCalled)]
    return event


@pytest.fixture
def lobby() -> Played:
    played = Played()
    played.opens("1")
    return played


def test_appointment_tells_how_many_it_passed(lobby: Played) -> None:
    lobby.walks_in("09:00")
    lobby.walks_in("09:01")
    lobby.checks_in("09:15", slot="09:20")
    assert explain(call(lobby, "09:16")) == WhyCalled(Because.RIGHT_OF_WAY, passed=2, waiting=2)


def test_walk_in_was_first_of_all(lobby: Played) -> None:
    lobby.walks_in("09:00")
    lobby.walks_in("09:01")
    assert explain(call(lobby, "09:02")) == WhyCalled(Because.FIRST_OF_ALL, waiting=1)


def test_only_one_waits(lobby: Played) -> None:
    lobby.walks_in("09:00")
    assert explain(call(lobby, "09:02")) == WhyCalled(Because.ONLY_ONE)


def test_early_appointments_among_themselves(lobby: Played) -> None:
    lobby.checks_in("08:00", slot="10:00")
    lobby.checks_in("08:01", slot="09:00")
    assert explain(call(lobby, "08:02")) == WhyCalled(Because.NOBODY_ELSE, passed=1, waiting=1)


def test_recall_chose_nobody() -> None:
    recall = events.TicketCalled(at("09:00"), "A001", "1", 2)
    assert explain(recall) == WhyCalled(Because.CALLED_AGAIN)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("because", Because)
def test_every_reason_has_a_sentence(language: str, because: Because) -> None:
    sentence = texts(language)(
        f"why.{because.value}",
        ticket="A017",
        counter="4",
        passed=2,
        waiting=3,
        slot="09:20",
        since="09:01",
    )
    assert "A017" in sentence
