"""Commands on the bus: who may ask what, done once for each key, answered to the caller alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from appliance.bus.messages import asked
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.orders import read_command, short_of
from appliance.bus.replies import refusal
from appliance.bus.verbs import (
    AT_KIOSKS,
    ATTENDED,
    BY_SHORT_NUMBER,
    HELP,
    LOOK_UPS,
    NotAsked,
    NotAskedError,
    check_may_ask,
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
    from appliance.desk.visitors import Visitor, Visitors
    from appliance.desk.walk_ins import WalkIns
    from appliance.journal.keeping import Keeping
    from appliance.strings import Texts

KEY_BYTES = 16


class Answering:
    """Answers commands.

    Args:
        keeper: Of the line.
        entrance: For whoever has come without a code.
        walk_ins: For whoever has come without an appointment.
        look_ups: For whoever only wants to know something.
        journal: Remembers what was answered.
        topics: The lobby's tree.
        texts: In the site's language.
        visitors: Knows how who is answered reads.
        publish: Sends on the bus.
        refused: Told of each message that was not what it should be.
    """

    def __init__(
        self,
        keeper: Keeper,
        entrance: Entrance,
        walk_ins: WalkIns,
        look_ups: LookUps,
        journal: Keeping,
        topics: Topics,
        texts: Texts,
        visitors: Visitors,
        publish: Publish,
        refused: Callable[[], None],
    ) -> None:
        self._keeper = keeper
        self._entrance = entrance
        self._walk_ins = walk_ins
        self._look_ups = look_ups
        self._journal = journal
        self._topics = topics
        self._texts = texts
        self._visitors = visitors
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
        except MessageError as error:
            self._refused()
            return self._refusal(NotAsked.MALFORMED, error=str(error))
        asking = Asking(topic.caller, key, request)
        visitor = self._visitors.asking(asking, body.language or "", large_print=body.large_print)
        try:
            return encode(self._done(topic, body, asking, visitor, now))
        except NotAskedError as error:
            return encode(refusal(error.reason.value, error.facts, visitor.texts))

    def _done(
        self,
        topic: CommandTopic,
        body: asked.Command,
        asking: Asking,
        visitor: Visitor,
        now: datetime,
    ) -> asked.Reply:
        """Do what is asked.

        Raises:
            NotAskedError: The caller may not, or something is missing.
        """
        check_may_ask(topic)
        if topic.verb in BY_SHORT_NUMBER:
            ask = self._entrance.attended if topic.verb == ATTENDED else self._entrance.typed
            return ask(topic.caller, short_of(body), visitor, now)
        if topic.verb in LOOK_UPS:
            return self._look_ups.answer(topic.verb, body, self._keeper.line, now)
        if topic.verb in AT_KIOSKS:
            return self._at_kiosk(topic, visitor, now)
        command = read_command(topic, body, self._keeper.line)
        if isinstance(command, commands.Issue) and not command.by_staff:
            return self._walk_ins.touched(_name(topic), command, visitor, now)
        return self._keeper.do(command, now, asking)

    def _at_kiosk(self, topic: CommandTopic, visitor: Visitor, now: datetime) -> asked.Reply:
        """Do what a kiosk's screen asks for that changes nothing in the line."""
        if topic.verb == HELP:
            self._walk_ins.help_wanted(now, _name(topic), visitor.key)
        else:
            self._visitors.reads(_name(topic), visitor, now)
        return asked.Reply(ok=True)

    def _refusal(self, reason: NotAsked, **facts: str) -> bytes:
        return encode(refusal(reason.value, facts, self._texts))


def _name(topic: CommandTopic) -> str:
    """Give the name of the place that asks."""
    return topic.caller.partition(".")[2]
