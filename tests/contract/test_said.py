"""What a desk really says fits the document: where, how it is sent, and what is in it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from appliance.bus.inbound import Connected, Hitch, Received
from appliance.bus.messages.payload import decode, encode
from appliance.bus.outbox import Outbox
from appliance.checkin.admission import Admission
from appliance.checkin.outcomes import Outcome
from appliance.desk.surroundings import Pressed
from appliance.desk.uplink import Takers, Uplink
from appliance.journal.keeping import Keeping
from appliance.line import commands
from tests.contract.document import (
    CHANNELS,
    DOCUMENT,
    Tree,
    pattern_of,
    resolved,
    types_of_messages,
    words,
)
from tests.support.lobby import DAY, at, booking, empty_line
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TYPES: Final = types_of_messages()
# Said by each process beside its work, and by the link.
BESIDE: Final = {"presence", "canary"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message as it was sent."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    expiry_s: int | None
    correlation: bytes | None = None


def channel_of(topic: str) -> str:
    (name,) = (
        name for name, each in CHANNELS.items() if pattern_of(each["address"]).fullmatch(topic)
    )
    return name


def channels_said(where: str) -> set[str]:
    """Give the channels that the desk says on a server."""
    return {
        name
        for name, each in CHANNELS.items()
        if "desk" in each.get(f"x-{where}", {}).get("said-by", ())
    }


def binding_of(channel: str) -> Tree:
    """Give how the desk sends on a channel."""
    (operation,) = (
        operation
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "send" and operation["channel"]["$ref"] == f"#/channels/{channel}"
    )
    return dict(resolved(operation["bindings"])["mqtt"])


def check(said: Utterance) -> None:
    """See that a message is as the document says."""
    channel = channel_of(said.topic)
    bound = binding_of(channel)
    assert said.retain == bound["retain"], said
    # More sure than was promised hurts nobody.
    assert said.qos >= bound["qos"], said
    match bound.get("messageExpiryInterval"):
        case {"minimum": least, "maximum": most}:
            assert said.expiry_s is not None, said
            assert least <= said.expiry_s <= most, said
        case expiry_s:
            assert said.expiry_s == expiry_s, said
    if channel != "kiosk_result":  # that has a key where it came of a command
        assert (said.correlation is not None) == (channel == "reply"), said
    (message,) = CHANNELS[channel]["messages"]
    payload = decode(said.payload, TYPES[message])
    # Nothing is in it that the type does not have.
    assert json.loads(encode(payload)) == json.loads(said.payload), said


class Heard(Table):
    """A desk of which everything is heard that it says."""

    def __init__(self, folder: Path, **more: Any) -> None:  # noqa: ANN401  (as `Table` takes them)
        self.said: list[Utterance] = []
        super().__init__(folder, **more)

    def _publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: int | None = None,
        correlation: bytes | None = None,
    ) -> int:
        self.said.append(Utterance(topic, payload, retain, qos, expiry_s, correlation))
        return super()._publish(
            topic, payload, retain=retain, expiry_s=expiry_s, correlation=correlation
        )


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    table = Heard(tmp_path)
    yield table
    table.close()


def test_what_the_desk_says_on_a_morning_stands_in_the_document(heard: Heard) -> None:
    keys = (bytes([number] * 16) for number in range(16))
    heard.ask("staff.reception-1", "open_counter", b'{"counter": "1"}', next(keys))
    heard.put(Pressed("A1"), Pressed("C1"))
    heard.scan(Admission(Outcome.IN_TIME, {"time": "08:10"}, booking("08:10")))
    heard.scan(Admission(Outcome.FOREIGN, {"kind": "url"}))
    heard.ask("counter.1", "next", b"{}", next(keys))
    heard.ask("counter.1", "recall", b"{}", next(keys))
    heard.ask("kiosk.entrance", "check_in_short", b'{"short": "CDEFHJKM"}', next(keys))
    heard.put(Received(TOPICS.scan, b"not a scan"))
    assert heard.alarms() == ["scan"]
    for said in heard.said:
        check(said)
    told = {channel_of(said.topic) for said in heard.said}
    assert told == channels_said("bus") - BESIDE


def test_words_that_the_desk_says_are_those_of_the_document(heard: Heard) -> None:
    heard.put(Pressed("C1"))
    assert heard.shown().outcome in words("KioskResult.outcome")
    reply = heard.ask("counter.1", "next")
    assert reply.reason in words("Reply.reason")
    heard.put(Received(TOPICS.scan, b"not a scan"))
    assert set(heard.alarms()) <= words("Alarm.name").keys()


class Carrier:
    """A connection that is always there."""

    is_up = True
    hitch: Hitch | None = None
    window = 20
    dates_checked = True

    def __init__(self) -> None:
        self.said: list[Utterance] = []

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: int | None = None,
    ) -> int:
        self.said.append(Utterance(topic, payload, retain, qos, expiry_s))
        return len(self.said)


def test_what_the_uplink_says_stands_in_the_document(tmp_path: Path) -> None:
    carrier = Carrier()
    folder = tmp_path / "desk"
    folder.mkdir()
    with Keeping(tmp_path / "journal.sqlite", uplink=True) as journal:
        line = journal.line(empty_line())
        for command in (commands.TurnDay(DAY), commands.CheckIn(booking("08:10"), follow="secret")):
            decision = line.decide(command, at("08:00"))
            line = line.apply_all(decision.events)
            journal.commit(decision.events, day=str(DAY), line=line)
        uplink = Uplink(
            carrier,
            TOPICS,
            Outbox(TOPICS.device, journal),
            Takers(lambda _day, _payload: None, lambda _day, _payload: None, lambda _payload: None),
            session="s",
            version="0.1.0",
            started=datetime(2026, 3, 2, 7, tzinfo=UTC),
        )
        uplink.handle(Connected())
        with closing(Heard(folder, upstream=uplink, follow=lambda: "secret")) as heard:
            heard.put(Pressed("A1"))
        uplink.pump()
        uplink.close()
    for said in carrier.said:
        check(said)
        assert b"secret" not in said.payload
    assert {channel_of(said.topic) for said in carrier.said} == channels_said("uplink") - BESIDE
