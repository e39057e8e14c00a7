"""`docs/asyncapi.yaml` and the code's own types, brought to one form in which they can be compared.

What is for people (descriptions, titles, examples) and extensions are left out; everything else
must be the same: members, types, bounds, defaults, what is required.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import msgspec
import yaml

from appliance.bus import messages
from appliance.bus.messages.payload import Message
from appliance.journal import codec
from appliance.journal.codec import EPOCHS, PRIVATE

Tree = dict[str, Any]

PATH: Final = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"
DOCUMENT: Final[Tree] = yaml.safe_load(PATH.read_text("utf-8"))
CHANNELS: Final[Tree] = DOCUMENT["channels"]
MESSAGES: Final[Tree] = DOCUMENT["components"]["messages"]
SCHEMAS: Final[Tree] = DOCUMENT["components"]["schemas"]
EVENTS: Final[dict[str, type]] = {**codec.EVENT_TYPES, **codec.RECORD_TYPES}

REF: Final = "#/components/schemas/"
FOR_PEOPLE: Final = {"title", "description", "examples"}


def types_of_messages() -> dict[str, type[Message]]:
    """Give name → type of all that stands in `bus/messages`."""
    return {
        name: kind
        for module in pkgutil.iter_modules(messages.__path__, messages.__name__ + ".")
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if issubclass(kind, Message) and kind is not Message
    }


def schemas_of_code() -> Tree:
    """Give name → schema of all messages, all events, and what they are made of."""
    kinds = {**types_of_messages(), **EVENTS}
    _, found = msgspec.json.schema_components(kinds.values(), ref_template=REF + "{name}")
    known = {kind.__name__: kind for kind in _all_within(kinds.values())}
    # By way of JSON: an empty tuple is an empty list there.
    plain = json.loads(json.dumps(found))
    return {name: _shape(_dated(schema, known[name])) for name, schema in plain.items()}


def schemas_of_document() -> Tree:
    """Give name → schema, as the document has it."""
    return {name: _shape(_flat(schema)) for name, schema in SCHEMAS.items()}


def resolved(part: Tree) -> Tree:
    """Follow a reference."""
    found: Any = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def words(name: str) -> Tree:
    """Give the closed list of a member, such as `Scan.kind`."""
    schema, _, member = name.partition(".")
    members = _flat(SCHEMAS[schema])["properties"]
    return dict(members[member]["x-words"])


def pattern_of(address: str, levels: Tree | None = None) -> re.Pattern[str]:
    """Give what matches the topics of an address; `levels` says what some parameters look like."""
    parts = re.split(r"\{(\w+)\}", address)
    return re.compile(
        "".join(
            f"(?P<{part}>{(levels or {}).get(part, '[^/]+')})" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
    )


def _flat(schema: Tree) -> Tree:
    """Give an object together with what it inherits."""
    # A base, and what is added.
    if len(schema.get("allOf", ())) != 2:
        return schema
    base, own = resolved(schema["allOf"][0]), schema["allOf"][1]
    return {
        "type": "object",
        "required": base.get("required", []) + own.get("required", []),
        "properties": base["properties"] | own["properties"],
    }


def _shape(schema: Any) -> Any:  # noqa: ANN401  (a piece of JSON)
    """Give what a schema asks for, in one way of writing it: that of JSON Schema draft 7."""
    if isinstance(schema, list):
        return [_shape(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    members = {
        key: {
            name: _epoch(_shape(member)) if name in EPOCHS else _shape(member)
            for name, member in value.items()
            if name not in PRIVATE
        }
        if key == "properties"
        else _shape(value)
        for key, value in schema.items()
        if key not in FOR_PEOPLE and not key.startswith("x-")
    }
    match members:
        case {"anyOf": [{"type": str(kind)} as one, {"type": "null"}], **rest}:
            members = {**rest, **one, "type": [kind, "null"]}
        case {"allOf": [{"$ref": target}], **rest}:
            # Beside a reference nothing counts in draft 7.
            members = {**rest, "$ref": target}
        case {"prefixItems": items, **rest}:
            members = {**rest, "items": items}
    if not members.get("required", True):
        del members["required"]
    if isinstance(members.get("required"), list):
        members["required"] = sorted(members["required"])
    if "enum" in members:
        members["enum"] = sorted(members["enum"], key=str)
    return members


def _epoch(schema: Tree) -> Tree:
    """Say of an epoch how it is written outside; on the device it is a number."""
    text = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
    match schema:
        case {"type": "integer"}:
            return {**schema, **text}
        case {"type": ["integer", "null"]}:
            return {**schema, **text, "type": ["string", "null"]}
        case _:
            return schema


def _dated(schema: Tree, kind: type) -> Tree:
    """Say of each time that it is one: msgspec does so only where an offset is asked for."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if _has_time(hint)}
    if "prefixItems" in schema:
        numbers = [number for number, name in enumerate(get_type_hints(kind)) if name in hints]
        items = [
            _time(item) if number in numbers else item
            for number, item in enumerate(schema["prefixItems"])
        ]
        return {**schema, "prefixItems": items}
    members = schema.get("properties", {})
    timed = {name: _time(members[name]) for name in members if name in hints}
    return {**schema, "properties": members | timed} if timed else schema


def _time(schema: Any) -> Any:  # noqa: ANN401  (a piece of JSON)
    if isinstance(schema, list):
        return [_time(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string":
        return {**schema, "format": "date-time"}
    return {key: _time(value) for key, value in schema.items()}


def _has_time(hint: object) -> bool:
    return hint is datetime or any(_has_time(each) for each in get_args(hint))


def _all_within(kinds: Any) -> set[type]:  # noqa: ANN401  (an iterable of types, or of parts of hints)
    """Give these types and all that they are made of."""
    found: set[type] = set()
    todo = list(kinds)
    while todo:
        kind = todo.pop()
        if kind in found:
            continue
        if isinstance(kind, type) and kind.__module__.startswith("appliance."):
            found.add(kind)
            todo += get_type_hints(kind).values()
        todo += get_args(kind)
    return found
