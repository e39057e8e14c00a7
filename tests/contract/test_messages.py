"""Each type of the code stands in the document as it is, and the other way round; so do examples.

A client is written from the document, against a desk that is built from the code.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from appliance.bus.canary import TOKEN_BYTES
from appliance.bus.messages.issued import LIMIT_BYTES
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.uploaded import Uploaded
from appliance.bus.packing import pack
from appliance.checkin.keys import TrustList, parse_root
from appliance.journal import codec
from appliance.journal.entries import Entry, Position
from tests.contract.document import (
    EVENTS,
    MESSAGES,
    REF,
    SCHEMAS,
    Tree,
    resolved,
    schemas_of_code,
    schemas_of_document,
    types_of_messages,
)

CODE: Final = schemas_of_code()
IN_DOCUMENT: Final = schemas_of_document()
TYPES: Final = types_of_messages()
OF_BYTES: Final = {"Canary", "TrustList"}
BASES: Final = {"Retained", "Issued"}
EXAMPLES: Final = [
    pytest.param(name, example, id=f"{name}-{example['name']}")
    for name, message in MESSAGES.items()
    for example in message.get("examples", ())
    if name not in OF_BYTES
]


def same_order(data: Any) -> Any:  # noqa: ANN401  (a piece of JSON)
    """Give JSON without the order of lists of words: a set has none."""
    if isinstance(data, dict):
        return {name: same_order(value) for name, value in data.items()}
    if isinstance(data, list):
        values = [same_order(value) for value in data]
        return sorted(values) if all(isinstance(value, str) for value in values) else values
    return data


@pytest.mark.parametrize("name", sorted(CODE.keys() | IN_DOCUMENT.keys()))
def test_schema_is_the_same_in_code_and_document(name: str) -> None:
    assert IN_DOCUMENT.get(name) == CODE.get(name)


def test_each_type_is_a_message_or_a_part_of_one() -> None:
    parts = {name for name in TYPES if f'"{REF}{name}"' in json.dumps(CODE)}
    assert MESSAGES.keys() == TYPES.keys() - parts - BASES | OF_BYTES


@pytest.mark.parametrize("name", sorted(TYPES.keys() & MESSAGES.keys()))
def test_message_carries_the_type_of_its_name(name: str) -> None:
    assert resolved(MESSAGES[name]["payload"]) == SCHEMAS[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_message_has_an_example(name: str) -> None:
    assert MESSAGES[name]["examples"]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example_is_read_and_written_as_it_stands(name: str, example: Tree) -> None:
    payload = json.dumps(example["payload"]).encode()
    assert json.loads(encode(decode(payload, TYPES[name], LIMIT_BYTES))) == example["payload"]


def test_each_type_of_event_is_in_the_document() -> None:
    assert sorted(MESSAGES["Uploaded"]["x-events"]) == sorted(EVENTS)


def on_the_device(name: str, members: Tree) -> Any:  # noqa: ANN401  (one of the events)
    """Give an event of which a document tells."""
    read = codec.decode if name in codec.EVENT_TYPES else codec.decode_record
    numbers = {
        member: int(epoch, 16)
        for member in codec.EPOCHS & members.keys()
        if (epoch := members[member]) is not None
    }
    return read(name, json.dumps(members | numbers))


@pytest.mark.parametrize("name", EVENTS)
def test_event_is_sent_as_its_example_shows(name: str) -> None:
    (example,) = SCHEMAS[name]["examples"]
    _, data = codec.encode(on_the_device(name, example))
    at = datetime(2026, 3, 2, 8, tzinfo=UTC).isoformat()
    sent = pack("sued.eingang-1", Entry(Position(1, 2), at, name, data), Position(1, 1))
    members = json.loads(bytes(decode(sent, Uploaded).data))
    assert same_order(members) == same_order(example)


@pytest.mark.parametrize(
    "example", [example["payload"] for example in MESSAGES["Uploaded"]["examples"]]
)
def test_event_in_an_example_is_one(example: Tree) -> None:
    assert on_the_device(example["type"], example["data"])


def test_trust_list_of_the_example_is_signed_by_the_root_that_is_named() -> None:
    (example,) = MESSAGES["TrustList"]["examples"]
    (root,) = (word.strip(",") for word in example["summary"].split() if word.endswith("=,"))
    trust = TrustList.parse(base64.b64decode(example["payload"]), parse_root(root))
    assert trust.keys


def test_canary_sings_as_much_as_its_example() -> None:
    (example,) = MESSAGES["Canary"]["examples"]
    payload = MESSAGES["Canary"]["payload"]
    assert payload["minLength"] == payload["maxLength"] == TOKEN_BYTES
    assert len(base64.b64decode(example["payload"])) == TOKEN_BYTES
