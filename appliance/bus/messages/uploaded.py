"""What happened, on its way to a collector, and how far the collector has it.

An epoch is a random number of 63 bits. It travels as 16 hex digits: JSON numbers above 2^53 lose
their last digits in browsers. Epochs are compared for equality only.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from appliance.bus.messages.payload import Message, Moment

Epoch = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
Seq = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class EventId(Message, frozen=True, kw_only=True):
    """Where an event stands among those of its device; no two have the same."""

    epoch: Epoch
    seq: Seq


class Uploaded(Message, frozen=True, kw_only=True):
    """One event, as the journal has it, without what is private to the device.

    Args:
        device: Whose it is; the same as in the topic.
        epoch: See above.
        seq: From 1 in each epoch.
        type: The event's name, such as `TicketIssued`; a reader bears names that it does not know.
        time: Desk time.
        data: The event's members.
        after: The event that stands before this one on the device, where that is not the one with
            the number before: at the beginning of an epoch, and behind a *gap*, for example where
            old days were deleted before this collector had them. What is between the two will not
            come. None: nothing is before it any more.
    """

    device: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    epoch: Epoch
    seq: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    type: Annotated[str, msgspec.Meta(pattern="^[A-Za-z_]{1,40}$")]
    time: Moment
    data: msgspec.Raw
    after: EventId | msgspec.UnsetType | None = msgspec.UNSET


class Ack(Message, frozen=True, kw_only=True):
    """How far a collector has the events of a device: all up to this one.

    Args:
        store: Random id of its database; another one when that is made or restored.
        epoch: Of the last event; None: it has none that hangs together with what is there.
        seq: Of the last event.
    """

    store: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16,32}$")]
    epoch: Epoch | None
    seq: Seq


def epoch_number(text: str) -> int:
    """Read an epoch."""
    return int(text, 16)
