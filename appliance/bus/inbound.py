"""What a link hands on: that it is up, that it is gone, what came, what the broker has."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


class Hitch(StrEnum):
    """Why there is no connection."""

    NO_ANSWER = "no_answer"
    """No such name, nobody there, or nothing comes back."""
    CERTIFICATE = "certificate"
    """The broker's is none that we trust, or a file of ours cannot be used."""
    REFUSED = "refused"
    """The broker does not let us in."""
    LOST = "lost"
    """It was there, and is gone."""
    DEAF = "deaf"
    """Our own canary does not come back: we can speak and not hear."""
    TAKEN = "taken"
    """Somebody else connected under our name."""
    FAILED = "failed"
    """A mistake in our own program."""


class Connected(msgspec.Struct, frozen=True):
    """The connection is up and the subscriptions were asked for: publish what you own.

    With a canary it has been heard by then: the subscriptions are in force.
    """


class Disconnected(msgspec.Struct, frozen=True):
    """The connection is gone; it comes back by itself."""


class Received(msgspec.Struct, frozen=True):
    """A message.

    Args:
        topic: Where it was published.
        payload: Its bytes.
        retained: It was kept by the broker: it may be old.
        response_topic: Where an answer is wanted; not to be trusted.
        correlation: The asker's key, which an answer repeats.
        receipt: For `Link.acknowledge`.
    """

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None
    receipt: tuple[int, int] = (0, 0)


class Acknowledged(msgspec.Struct, frozen=True):
    """The broker has a message of ours.

    Args:
        message_id: What `Link.publish` gave.
        heard: Somebody takes it; False: the broker refused it, or nobody listens.
        refusal: The reason code of a refusal (MQTT 5, table 2.6); 0: it was not refused.
    """

    message_id: int
    heard: bool
    refusal: int = 0


Inbound = Connected | Disconnected | Received | Acknowledged


def without_receipts(hand_on: Callable[[Inbound], None]) -> Callable[[Inbound], None]:
    """Hand on everything but that a message was taken.

    For who does not count them: else each message that is sent wakes it once more.
    """

    def unless_it_is_one(item: Inbound) -> None:
        if not isinstance(item, Acknowledged) or item.refusal:
            hand_on(item)

    return unless_it_is_one
