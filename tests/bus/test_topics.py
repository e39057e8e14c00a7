"""Topics: written and read in one place, and nobody commands in another's name."""

from __future__ import annotations

import pytest

from appliance.bus.topics import CommandTopic, Topics

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")


def test_command_topic_comes_back_as_it_went() -> None:
    topic = TOPICS.command("counter.3", "next")
    assert topic == "lobby/v1/SUED/EINGANG/counter.3/cmd/next"
    assert TOPICS.read_command(topic) == CommandTopic("counter.3", "next")


@pytest.mark.parametrize(
    "rest",
    [
        "board",
        "counter.3/reply/x",
        "proc.sued.eingang-1.desk/cmd/next",
        "dev.x/cmd/next",
        "counter./cmd/next",
        "counter.3/cmd/",
        "counter.3/4/cmd/next",
        "counter.3/cmd/nächste",
    ],
)
def test_what_is_no_callers_command_is_not_read(rest: str) -> None:
    assert TOPICS.read_command(TOPICS.prefix + rest) is None


def test_answers_go_to_the_caller_and_nowhere_else() -> None:
    assert TOPICS.is_reply_to("counter.3", TOPICS.reply("counter.3", "abc"))
    for elsewhere in [
        TOPICS.reply("counter.4", "abc"),
        TOPICS.board,
        TOPICS.reply("counter.3", ""),
        TOPICS.reply("counter.3", "a/b"),
        TOPICS.reply("counter.3", "+"),
        "abc",
        "lobby/v1/NORD/EINGANG/counter.3/reply/abc",
    ]:
        assert not TOPICS.is_reply_to("counter.3", elsewhere)
