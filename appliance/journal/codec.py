"""Events as rows: a type name and JSON, and back."""

from __future__ import annotations

from typing import get_args

import msgspec

from appliance.line import events

EVENT_TYPES: dict[str, type[events.Event]] = {
    kind.__name__: kind for kind in get_args(events.Event)
}


class UnknownEventError(ValueError):
    """A row is of a type that this release does not know, or has another shape."""


def encode(event: events.Event) -> tuple[str, str]:
    """Give the event's type name and its JSON."""
    return type(event).__name__, msgspec.json.encode(event).decode()


def decode(type_name: str, data: str) -> events.Event:
    """Read an event.

    Raises:
        UnknownEventError: Written by a later release, or damaged.
    """
    kind = EVENT_TYPES.get(type_name)
    if kind is None:
        raise UnknownEventError(f"no event is called '{type_name}'")
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise UnknownEventError(f"{type_name}: {error}") from error
