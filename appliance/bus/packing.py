"""An event of the journal, as it is sent: without what never leaves the device."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from appliance.bus.messages.payload import LIMIT_BYTES, encode
from appliance.bus.messages.uploaded import EventId, Uploaded
from appliance.journal import codec
from appliance.journal.codec import epoch_text

if TYPE_CHECKING:
    from appliance.journal.entries import Entry, Position


_TO_CHANGE = codec.PRIVATE | codec.EPOCHS


class UnsendableError(ValueError):
    """It cannot be sent, now or ever."""


def follows(entry: Entry, before: Position | None) -> bool:
    """Tell whether an event bears the number behind that of another one."""
    return before is not None and entry.position == (before.epoch, before.seq + 1)


def pack(device: str, entry: Entry, before: Position | None) -> bytes:
    """Give an event's payload.

    Args:
        device: Whose it is.
        entry: The event.
        before: The one that was sent before it; None: there is none.

    Raises:
        UnsendableError: It is damaged, or too long.
    """
    epoch, seq = entry.position
    after: EventId | msgspec.UnsetType | None = msgspec.UNSET
    if not follows(entry, before):
        after = before and EventId(epoch=epoch_text(before.epoch), seq=before.seq)
    try:
        payload = encode(
            Uploaded(
                device=device,
                epoch=epoch_text(epoch),
                seq=seq,
                type=entry.type,
                time=datetime.fromisoformat(entry.at),
                data=_public(entry),
                after=after,
            )
        )
    except (ValueError, TypeError) as error:
        raise UnsendableError(str(error)) from error
    if len(payload) > LIMIT_BYTES:
        raise UnsendableError(f"it has {len(payload)} bytes; at most {LIMIT_BYTES} are sent")
    return payload


def _public(entry: Entry) -> msgspec.Raw:
    """Give an event's members as they may leave the device, as JSON."""
    if not any(name in entry.data for name in _TO_CHANGE):
        # Almost all: looking is a tenth of the work of taking apart and putting together.
        return msgspec.json.decode(entry.data, type=msgspec.Raw)
    return msgspec.Raw(msgspec.json.encode(codec.public(entry.type, entry.data)))
