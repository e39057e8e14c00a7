"""Commands on the bus: who may ask what, done once for each key, answered to the caller alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from appliance.bus.messages import asked
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.replies import refusal
from appliance.bus.verbs import (
    ATTENDED,
    BY_SHORT_NUMBER,
    LOOK_UPS,
    NotAsked,
    NotAskedError,
    check_may_ask,
    read_command,
    short_of,
)
from appliance.desk.keeper import Asking
from appliance.line import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from appliance.bus.link import Received
    from appliance.bus.topics import CommandTopic, Topics
    from appliance.desk.entrance import Entrance
    from appliance.desk.keeper import Keeper
    from appliance.desk.look_ups import LookUps
    from appliance.desk.surroundings import Publish
    from appliance.journal.keeping import Keeping
    from appliance.strings import Texts

KEY_BYTES = 16


class Answering:
    """Answers commands.

    Args:
        keeper: Of the line.
        entrance: For whoever has come without a code.
        look_ups: For whoever only wants to know something.
        journal: Remembers what was answered.
        topics: The lobby's tree.
        texts: In the site's language.
        publish: Sends on the bus.
        refused: Told of each message that was not what it should be.
    """

    def __init__(
        self,
        keeper: Keeper,
        entrance: Entrance,
        look_ups: LookUps,
        journal: Keeping,
        topics: Topics,
        texts: Texts,
        publish: Publish,
        refused: Callable[[], None],
    ) -> None:
        self._keeper = keeper
        self._entrance = entrance
        self._look_ups = look_ups
        self._journal = journal
        self._topics = topics
        self._texts = texts
        self._publish = publish
        self._refused = refused

    def commanded(self, received: Received, now: datetime) -> None:
        """Do what a message asks for, if it is a command, and reply."""
        topic = self._topics.read_command(received.topic)
        if topic is None:
            self._refused()
            return
        reply = self._answer(topic, received.payload, received.correlation or b"", now)
        where = received.response_topic
        if where is None:
            return
        if self._topics.is_reply_to(topic.caller, where):
            self._publish(where, reply, correlation=received.correlation)
        else:
            # Whoever obeys any response topic lets a login write anywhere (tried).
            self._refused()

    def _answer(self, topic: CommandTopic, payload: bytes, key: bytes, now: datetime) -> bytes:
        """Do what is asked, once for each key, and give the reply's bytes."""
        if len(key) != KEY_BYTES:
            self._refused()
            return self._refusal(NotAsked.NO_KEY)
        request = hashlib.sha256(topic.verb.encode() + b"\0" + payload).digest()
        known = self._journal.answer_to(topic.caller, key)
        if known is not None:
            return known.reply if known.request == request else self._refusal(NotAsked.KEY_REUSED)
        try:
            body = decode(payload, asked.Command)
            return encode(self._done(topic, body, Asking(topic.caller, key, request), now))
        except MessageError as error:
            self._refused()
            return self._refusal(NotAsked.MALFORMED, error=str(error))
        except NotAskedError as error:
            return self._refusal(error.reason, **error.facts)

    def _done(
        self, topic: CommandTopic, body: asked.Command, asking: Asking, now: datetime
    ) -> asked.Reply:
        """Do what is asked.

        Raises:
            NotAskedError: The caller may not, or something is missing.
        """
        check_may_ask(topic)
        if topic.verb in BY_SHORT_NUMBER:
            ask = self._entrance.attended if topic.verb == ATTENDED else self._entrance.typed
            return ask(topic.caller, short_of(body), asking, now)
        if topic.verb in LOOK_UPS:
            return self._look_ups.answer(topic.verb, body, self._keeper.line, now)
        command = read_command(topic, body, self._keeper.line)
        reply = self._keeper.do(command, now, asking)
        if isinstance(command, commands.Issue) and not command.by_staff:
            self._entrance.send_elsewhere(command.service, reply, now)
        return reply

    def _refusal(self, reason: NotAsked, **facts: str) -> bytes:
        return encode(refusal(reason.value, facts, self._texts))
