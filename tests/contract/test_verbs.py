"""The desk understands each command of the document, from those and with that which it names."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.messages.asked import Command
from appliance.bus.messages.payload import decode
from appliance.bus.orders import read_command, short_of, slip_of
from appliance.bus.topics import CommandTopic
from appliance.bus.verbs import (
    AT_KIOSKS,
    BY_SHORT_NUMBER,
    CHECK_SLIP,
    KNOWN,
    LOOK_UPS,
    VERBS,
    NotAsked,
    NotAskedError,
    check_may_ask,
)
from appliance.line import commands
from tests.contract.document import MESSAGES, Tree
from tests.support.lobby import Played
from tests.support.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.line.line import Line

TOLD: Final[Tree] = MESSAGES["Command"]["x-verbs"]
EXAMPLES: Final[Tree] = {
    example["name"]: example["payload"] for example in MESSAGES["Command"]["examples"]
}
CALLERS: Final = {"counter": "counter.3", "staff": "staff.reception-1", "kiosk": "kiosk.entrance"}
ASKED: Final = [(verb, kind) for verb, told in TOLD.items() for kind in told["callers"]]


@pytest.fixture(scope="module")
def line() -> Line:
    """Give a lobby at whose counter 3 somebody is asked for."""
    played = Played()
    played.opens("3")
    played.do(commands.Issue("C1", by_staff=True), "08:00")
    played.do(commands.Next("3"), "08:01")
    return played.line


def refusal(verb: str, kind: str, body: Tree, line: Line) -> NotAsked | None:
    """Give why a command does not reach the line; None: it does."""
    topic = CommandTopic(CALLERS[kind], verb)
    command = decode(json.dumps(body).encode(), Command)
    try:
        check_may_ask(topic)
        if verb in BY_SHORT_NUMBER:
            short_of(command)
        elif verb == CHECK_SLIP:
            slip_of(command)
        elif verb not in LOOK_UPS | AT_KIOSKS:
            read_command(topic, command, line)
    except NotAskedError as error:
        return error.reason
    return None


def test_verbs_and_their_callers_are_those_of_the_code() -> None:
    assert {verb: set(told["callers"]) for verb, told in TOLD.items()} == {
        verb: {kind for kind in VERBS if verb in VERBS[kind]} for verb in KNOWN
    }


def test_each_verb_has_an_example_with_nothing_that_it_does_not_take() -> None:
    assert EXAMPLES.keys() == TOLD.keys()
    for verb, body in EXAMPLES.items():
        assert body.keys() <= {*TOLD[verb]["needs"], *TOLD[verb].get("may-have", ())}


@pytest.mark.parametrize(("verb", "kind"), ASKED)
def test_what_is_needed_is_enough(line: Line, verb: str, kind: str) -> None:
    body = {member: EXAMPLES[verb][member] for member in TOLD[verb]["needs"]}
    assert refusal(verb, kind, body, line) is None


@pytest.mark.parametrize(("verb", "kind"), ASKED)
def test_what_is_needed_is_asked_for(line: Line, verb: str, kind: str) -> None:
    for member in TOLD[verb]["needs"]:
        body = {name: value for name, value in EXAMPLES[verb].items() if name != member}
        # A counter acts for itself.
        wanted = None if (member, kind) == ("counter", "counter") else NotAsked.INCOMPLETE
        assert refusal(verb, kind, body, line) is wanted, member


@pytest.mark.parametrize("verb", sorted(KNOWN))
def test_nobody_else_may_ask(line: Line, verb: str) -> None:
    for kind in CALLERS.keys() - set(TOLD[verb]["callers"]):
        assert refusal(verb, kind, EXAMPLES[verb], line) is NotAsked.NOT_YOURS


def test_desk_takes_each_example_to_the_line(tmp_path: Path) -> None:
    with closing(Table(tmp_path)) as table:
        for verb, kind in ASKED:
            body = json.dumps(EXAMPLES[verb]).encode()
            reply = table.ask(CALLERS[kind], verb, body, secrets.token_bytes(16))
            assert reply.ok or reply.reason not in {
                NotAsked.UNKNOWN_VERB.value,
                NotAsked.NOT_YOURS.value,
                NotAsked.MALFORMED.value,
                NotAsked.NO_KEY.value,
            }, verb
