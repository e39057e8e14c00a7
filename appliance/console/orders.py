"""`lobby next`, `recall` and `issue`: one command, and what became of it.

Three ends, never mixed up: it was done or refused, as the desk says; it was not even asked, as
there is no bus; or nobody knows. Then the same key asks again, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from appliance.bus.asking import Asker, UnknownOutcomeError
from appliance.bus.messages.asked import Command, Reply
from appliance.bus.messages.payload import MessageError
from appliance.console.place import NoBusError, reach

if TYPE_CHECKING:
    from appliance.console.place import Place
    from appliance.strings import Texts


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done.

    Args:
        verb: `next`, `recall` or `issue`.
        body: What it needs.
        key: 16 bytes.
        timeout_s: So long an answer is waited for.
        again: The command line that asks again with the same key.
    """

    verb: str
    body: Command
    key: bytes
    timeout_s: float
    again: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    Args:
        fine: It was done, or there was nothing to do.
        sentence: For people.
        told: For machines; `ok` is null where nobody knows.
    """

    fine: bool
    sentence: str
    told: Mapping[str, object]


class Console(Asker):
    """The command line's connection; entering it waits for the bus."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.topics, place.address, place.login())
        self._address = place.address

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            NoBusError: There is no bus.
        """
        super().__enter__()
        try:
            reach(self._link, self._inbox, self._address)
        except BaseException:
            self._link.close()
            raise
        return self


def give(order: Order, place: Place, words: Texts) -> Outcome:
    """Have an order done, and tell what became of it; blocks up to its timeout and 5 s."""
    try:
        with Console(place) as console:
            reply = console.ask(order.verb, order.body, key=order.key, timeout_s=order.timeout_s)
    except NoBusError as error:
        return Outcome(
            fine=False,
            sentence=str(error),
            told={"ok": False, "reason": "no_bus", "sentence": str(error)},
        )
    except (UnknownOutcomeError, MessageError):
        return _unknown(order, words)
    return _answered(order, reply, words)


def _unknown(order: Order, words: Texts) -> Outcome:
    sentence = words("cli.unknown", seconds=f"{order.timeout_s:g}", again=order.again)
    told = {"ok": None, "reason": "unknown", "sentence": sentence, "key": order.key.hex()}
    return Outcome(fine=False, sentence=sentence, told=told)


def _answered(order: Order, reply: Reply, words: Texts) -> Outcome:
    if not reply.ok:
        sentence = reply.sentence or words("cli.refused", reason=reply.reason)
    elif reply.ticket is None:
        sentence = words("cli.nobody", counter=reply.counter)
    else:
        facts = {"ticket": reply.ticket, "counter": reply.counter}
        sentence = words(f"cli.done_{order.verb}", **facts)
    told = {
        "ok": reply.ok,
        "ticket": reply.ticket,
        "counter": reply.counter,
        "reason": reply.reason,
        "sentence": sentence,
    }
    return Outcome(fine=reply.ok, sentence=sentence, told=told)
