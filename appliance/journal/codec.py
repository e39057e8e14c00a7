"""Events as rows: a type name and JSON, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from appliance.journal.records import Record
from appliance.line import events

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = TypeVar("Kind")

EVENT_TYPES: dict[str, type[events.Event]] = {
    kind.__name__: kind for kind in get_args(events.Event)
}
"""What the line does."""
RECORD_TYPES: dict[str, type[Record]] = {kind.__name__: kind for kind in get_args(Record)}
"""What the journal does with itself."""
PRIVATE = frozenset({"caller", "follow", "spoken", "reads_large"})
"""Members that never leave the device, wherever in an event they stand: who asked for it is the
house's own business, whoever knows the secret of a slip may follow its number, a rare language
tells who it was, and whether somebody sees badly is for their slip alone."""


EPOCHS = frozenset({"previous_epoch", "first_epoch", "last_epoch"})
"""Members that are ids of 64 bits: outside they are written in hex digits, as most readers of JSON
lose the last digits of such numbers."""


class DamagedEventError(ValueError):
    """A row has another shape than its type."""


class UnknownEventError(DamagedEventError):
    """A row is of a type that this release does not know."""


def encode(event: events.Event | Record) -> tuple[str, str]:
    """Give the event's type name and its JSON."""
    return type(event).__name__, msgspec.json.encode(event).decode()


def epoch_text(epoch: int) -> str:
    """Write an epoch for whoever reads it outside."""
    return f"{epoch:016x}"


def public(type_name: str, data: str) -> dict[str, Any]:
    """Give the members of an event as they may leave the device.

    Raises:
        DamagedEventError: The row is damaged.
    """
    try:
        members = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, TypeError) as error:
        raise DamagedEventError(f"{type_name}: {error}") from error
    return {
        name: epoch_text(value) if name in EPOCHS and isinstance(value, int) else _public(value)
        for name, value in members.items()
        if name not in PRIVATE
    }


def _public(value: object) -> object:
    match value:
        case dict():
            return {name: _public(each) for name, each in value.items() if name not in PRIVATE}
        case list():
            return [_public(each) for each in value]
        case _:
            return value


def decode(type_name: str, data: str) -> events.Event:
    """Read an event of the line.

    Raises:
        UnknownEventError: A later release wrote it, or the row is damaged.
        DamagedEventError: The row is damaged.
    """
    return _decode(EVENT_TYPES, type_name, data)


def decode_record(type_name: str, data: str) -> Record:
    """Read an event of the journal's own.

    Raises:
        UnknownEventError: A later release wrote it, or the row is damaged.
        DamagedEventError: The row is damaged.
    """
    return _decode(RECORD_TYPES, type_name, data)


def _decode(kinds: Mapping[str, type[Kind]], type_name: str, data: str) -> Kind:
    kind = kinds.get(type_name)
    if kind is None:
        raise UnknownEventError(f"no event is called '{type_name}'")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, TypeError) as error:
        # TypeError: a page that was damaged may give a number where text was.
        raise DamagedEventError(f"{type_name}: {error}") from error
