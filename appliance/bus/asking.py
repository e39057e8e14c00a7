"""Asking the desk for something, as counters, the reception and the command line do.

A command that got no reply is *unknown*, never refused: the broker drops an expired message without
a word. So the same key is sent again, and the desk, which remembers it, gives the same answer and
does nothing twice.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import time
from typing import TYPE_CHECKING

from appliance.bus.link import Connected, Link, Received
from appliance.bus.messages import asked
from appliance.bus.messages.payload import decode, encode
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from appliance.bus.link import Address, Inbound, Login
    from appliance.bus.messages.asked import Command, Reply
    from appliance.bus.topics import Topics

EXPIRY_S = 5
REPEAT_S = 2.0
KEY_BYTES = 16


class UnknownOutcomeError(LobbyError):
    """No answer came: it may have been done or not; asking with the same key is safe."""

    def __init__(self, verb: str, timeout_s: float) -> None:
        self.verb = verb
        self.timeout_s = timeout_s
        super().__init__(
            f"no answer to '{verb}' within {timeout_s:.0f} s: it may have been done or not."
            " Look at the board, or ask again."
        )


class Asker:
    """A caller's connection to the desk; one command at a time.

    Args:
        topics: The lobby's tree.
        address: The lobby's bus.
        login: Its name is the caller, such as `counter.3`.
    """

    def __init__(self, topics: Topics, address: Address, login: Login) -> None:
        self._topics = topics
        self._caller = login.name
        self._reply_topic = topics.reply(login.name, secrets.token_hex(8))
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._link = Link(address, login, self._inbox.put, subscriptions=(self._reply_topic,))

    def __enter__(self) -> Self:
        self._link.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._link.close()

    def ask(
        self, verb: str, command: Command, *, key: bytes | None = None, timeout_s: float = 10.0
    ) -> Reply:
        """Ask and wait for the answer; blocks up to `timeout_s`, repeating the same key.

        Args:
            verb: Such as `next`.
            command: Its body.
            key: 16 bytes; give the key of a command whose outcome is unknown to ask it again.
            timeout_s: When to give up.

        Raises:
            UnknownOutcomeError: No answer came.
        """
        key = key or secrets.token_bytes(KEY_BYTES)
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            sent = self._link.publish(
                self._topics.command(self._caller, verb),
                encode(command),
                expiry_s=EXPIRY_S,
                response_topic=self._reply_topic,
                correlation=key,
            )
            reply = self._await_reply(key, min(REPEAT_S, left_s), came_up=not sent)
            if reply is not None:
                return reply
        raise UnknownOutcomeError(verb, timeout_s)

    def _await_reply(self, key: bytes, patience_s: float, *, came_up: bool) -> Reply | None:
        """Wait for the answer to `key`; with `came_up`, also return as soon as the bus is there."""
        until = time.monotonic() + patience_s
        while (left_s := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                match self._inbox.get(timeout=left_s):
                    case Connected() if came_up:
                        return None
                    case Received(payload=payload, correlation=correlation) if correlation == key:
                        return decode(payload, asked.Reply)
        return None
