"""Each topic of the tree stands in the document with the address that the code writes."""

from __future__ import annotations

import inspect
import re
from datetime import date
from typing import Any, Final

import pytest

from appliance.bus import access, asking, topics
from appliance.bus.topics import Topics
from appliance.bus.verbs import KNOWN
from appliance.desk.answering import KEY_BYTES
from appliance.desk.publishing import RESULT_EXPIRY_S
from tests.contract.document import CHANNELS, DOCUMENT, MESSAGES, resolved

PLACE: Final = Topics("{site}", "{lobby}", "{device}")
# Of the tree, what is no topic: what all begin with, filters, what reads topics.
NO_TOPICS: Final = {
    "prefix",
    "commands",
    "presences",
    "read_command",
    "read_issued",
    "read_presence",
    "is_reply_to",
}
PARAMETERS: Final = DOCUMENT["components"]["parameters"]


def written(name: str) -> str:
    """Give what the code writes for a channel, with the names of parameters in their place."""
    member: Any = getattr(PLACE, name)
    if not callable(member):
        return str(member)
    return str(member(*(f"{{{each}}}" for each in inspect.signature(member).parameters)))


def binding(operation: str) -> dict[str, Any]:
    return dict(resolved(DOCUMENT["operations"][operation]["bindings"])["mqtt"])


def test_channels_are_the_topics_of_the_tree() -> None:
    public = {name for name in dir(Topics) if not name.startswith("_")}
    assert CHANNELS.keys() == public - set(Topics.__struct_fields__) - NO_TOPICS


@pytest.mark.parametrize("name", CHANNELS)
def test_address_is_what_the_code_writes(name: str) -> None:
    assert CHANNELS[name]["address"] == written(name)


@pytest.mark.parametrize("name", CHANNELS)
def test_parameters_are_those_of_the_address(name: str) -> None:
    assert list(CHANNELS[name]["parameters"]) == re.findall(r"\{(\w+)\}", CHANNELS[name]["address"])


@pytest.mark.parametrize("name", CHANNELS)
def test_channel_carries_one_message(name: str) -> None:
    assert list(CHANNELS[name]["messages"].values()) == [
        {"$ref": f"#/components/messages/{message}"} for message in CHANNELS[name]["messages"]
    ]
    assert len(CHANNELS[name]["messages"]) == 1


def test_parameters_look_like_what_the_code_reads() -> None:
    assert PARAMETERS["caller"]["x-pattern"] == topics.CALLER.pattern
    assert PARAMETERS["token"]["x-pattern"] == topics.TOKEN.pattern
    assert PARAMETERS["day"]["x-pattern"] == topics.DAY.pattern
    assert sorted(PARAMETERS["verb"]["enum"]) == sorted(KNOWN)
    assert PARAMETERS["process"]["enum"] == [*access.PROCESSES, access.KIOSK]


@pytest.mark.parametrize("caller", PARAMETERS["caller"]["examples"])
@pytest.mark.parametrize("verb", sorted(KNOWN))
def test_commands_and_replies_of_the_document_are_read(caller: str, verb: str) -> None:
    place = Topics("SUED", "EINGANG", "sued.eingang-1")
    known = {"site": "SUED", "lobby": "EINGANG", "caller": caller, "verb": verb, "token": "t"}
    topic = CHANNELS["command"]["address"].format_map(known)
    assert place.read_command(topic) == topics.CommandTopic(caller, verb)
    assert place.is_reply_to(caller, CHANNELS["reply"]["address"].format_map(known))


def test_response_topic_that_is_asked_for_is_that_of_replies() -> None:
    place = Topics("SUED", "EINGANG", "sued.eingang-1")
    wanted = re.compile(MESSAGES["Command"]["bindings"]["mqtt"]["responseTopic"]["pattern"])
    assert wanted.search(place.reply("counter.3", "a-token_1"))
    for other in [place.reply("counter.3", "a/b"), place.command("counter.3", "next"), place.scan]:
        assert not wanted.search(other)


@pytest.mark.parametrize("name", ["bookings", "cancelled"])
def test_days_of_the_issuer_are_read(name: str) -> None:
    place = Topics("SUED", "EINGANG", "sued.eingang-1")
    topic = CHANNELS[name]["address"].format(site="SUED", lobby="EINGANG", day="2026-03-02")
    assert place.read_issued(topic) == (name, date(2026, 3, 2))


def test_what_is_of_the_moment_expires_as_the_document_says() -> None:
    assert binding("takeCommand")["messageExpiryInterval"] == asking.EXPIRY_S
    assert binding("showResult")["messageExpiryInterval"] == RESULT_EXPIRY_S


@pytest.mark.parametrize("message", ["Command", "Reply"])
def test_key_is_as_long_as_the_desk_wants_it(message: str) -> None:
    key = MESSAGES[message]["bindings"]["mqtt"]["correlationData"]
    assert key["minLength"] == key["maxLength"] == KEY_BYTES == asking.KEY_BYTES
