"""What happened goes to the collector, all of it, in order, and once in effect.

*PUBACK is not delivery.* An outbox that deletes on it loses events whenever a broker dies at the
wrong moment (measured: 15 of 10,000, and all of them where nobody subscribes). So nothing is
deleted here: the journal is the outbox, and this only moves a cursor in it, when the collector says
in its own words what it has stored. Whatever is in doubt is sent again; the collector drops what it
has, by `(device, epoch, seq)`.

No thread, no socket, no clock of its own: it is told what the link said, and asked to send.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

from appliance.bus.messages.uploaded import epoch_number
from appliance.bus.packing import UnsendableError, follows, pack
from appliance.journal import codec
from appliance.journal.entries import Position
from appliance.journal.records import EpochBegan

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.inbound import Acknowledged
    from appliance.bus.messages.uploaded import Ack
    from appliance.journal.entries import Entry

log = logging.getLogger(__name__)

AGAIN_S = 5.0
AGAIN_AT_MOST_S = 300.0
AHEAD_AT_FIRST = 20
AHEAD_AT_MOST = 640
"""Sent and not yet stored: a collector that is slow, or whose broker drops, is not flooded."""
BATCH = 100
KEEP_EVERY = 200
KEEP_EVERY_S = 60.0
"""A cursor that is a minute old costs a few events sent twice; noting it costs a commit."""
MANY = 100_000
ITS_OWN_FAULT = frozenset({0x90, 0x95, 0x99})
"""Topic, size or form: no other event is refused for that. MQTT 5, table 2.6."""


class Source(Protocol):
    """The journal, as the outbox needs it; `Keeping` is one."""

    @property
    def position(self) -> Position:
        """The last event."""

    @property
    def trouble(self) -> object | None:
        """Set while the card fails: then what is there is not all that there is."""

    def after(self, epoch: int | None, seq: int, limit: int) -> list[Entry]:
        """Give events behind a position."""

    def behind(self, epoch: int | None, seq: int, limit: int) -> int:
        """Count them."""

    def cursor(self, store: str) -> Position | None:
        """Give the last event that a store acknowledged."""

    def acked(self, store: str, epoch: int | None, seq: int) -> None:
        """Note that a store has all up to this one."""


class Outbox:
    """The cursor, and what is on its way.

    Args:
        device: Its id.
        source: The journal.
        monotonic: The clock, in seconds.

    Attributes:
        dead: Events that can never be sent: too long, damaged, or refused for what they are. They
            stay in the journal, and are told as a gap.
        refusal: The broker's reason to refuse all of them; 0: it does not.
        mad_acks: How often a collector claimed to have what never happened here.
    """

    def __init__(
        self, device: str, source: Source, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._device = device
        self._source = source
        self._monotonic = monotonic
        self._store: str | None = None
        self._cursor: Position | None = None
        self._kept = Position(0, 0)
        self._kept_s = monotonic()
        self._head: Position | None = None
        self._seen: Position | None = None
        self._ready: deque[Entry] = deque()
        self._sent: deque[Position] = deque()
        self._flying: dict[int, Position] = {}
        self._ahead = AHEAD_AT_FIRST
        self._again_s = AGAIN_S
        self._progress_s = monotonic()
        self._waiting_since_s: float | None = None
        self._paused_until_s: float | None = None
        self.dead: set[Position] = set()
        self.refusal = 0
        self.mad_acks = 0

    @property
    def is_empty(self) -> bool:
        """Whether the collector has all that happened; asks nobody."""
        return self._cursor == self._source.position

    @property
    def backlog(self) -> int:
        """How many events the collector does not have, as far as we know; 100,000 at most."""
        if self.is_empty:
            return 0
        return self._source.behind(*_start(self._cursor), MANY)

    @property
    def stalled_s(self) -> float:
        """For how long nothing that was sent has been stored; 0: nothing is waited for."""
        since_s = self._waiting_since_s
        return 0.0 if since_s is None else self._monotonic() - since_s

    @property
    def flying(self) -> int:
        """How many events the broker has not confirmed."""
        return len(self._flying)

    def connected(self) -> None:
        """Take in that the connection is new: whatever was on its way is in doubt."""
        self._flying.clear()
        self._rewind()
        self._go_on()
        self._progress_s = self._monotonic()

    def disconnected(self) -> None:
        """Take in that the connection is gone."""
        self._flying.clear()

    def pump(self, send: Callable[[bytes], int], room: int) -> int:
        """Send what is due; give how many were sent.

        Args:
            send: Sends a payload once; gives its message's id, 0 if the connection is down.
            room: How many unconfirmed messages the connection can take.
        """
        now_s = self._monotonic()
        self._keep(now_s)
        if self._paused_until_s is not None:
            if now_s < self._paused_until_s:
                return 0
            self._paused_until_s = None
        elif self._sent and now_s - self._progress_s >= self._again_s:
            self._slow_down()
        if len(self._flying) > room:
            # By halves of the window: each change of threads costs as much as sending an event.
            return 0
        sent = 0
        while sent < room and len(self._sent) < self._ahead:
            entry = self._next()
            if entry is None:
                break
            payload = self._payload(entry)
            if payload is None:
                continue
            message_id = send(payload)
            if not message_id:
                break
            self._note_sent(entry.position, message_id, now_s)
            sent += 1
        return sent

    def confirmed(self, said: Acknowledged) -> bool:
        """Take in that the broker has a message, or refuses it; True if it was one of ours."""
        position = self._flying.pop(said.message_id, None)
        if position is None:
            return False
        if said.heard:
            self.refusal = 0
        elif said.refusal in ITS_OWN_FAULT:
            self._bury(position, f"the broker refuses it, reason {said.refusal:#x}")
            self._rewind()
        elif position in self._sent:
            # Nobody is there to store it, or none of ours gets through: no use in more of them.
            self.refusal = said.refusal
            self._paused_until_s = self._monotonic() + self._again_s
            self._slow_down()
        return True

    def take_ack(self, ack: Ack) -> None:
        """Take in how far a collector has it."""
        epoch = None if ack.epoch is None else epoch_number(ack.epoch)
        last = self._source.position
        if epoch == last.epoch and ack.seq > last.seq:
            self.mad_acks += 1
            log.error("the collector has event %d, but %d was the last", ack.seq, last.seq)
            return
        if self._paused_until_s is not None:
            # Somebody is there again.
            self._go_on()
        if ack.store != self._store:
            self._meet(ack.store, epoch, ack.seq)
        elif epoch is not None:
            self._advance(Position(epoch, ack.seq))

    def close(self) -> None:
        """Note the cursor, at the end."""
        self._keep(float("inf"))

    # The collector's side.

    def _meet(self, store: str, epoch: int | None, seq: int) -> None:
        """Begin with a store: what another one had counts no more."""
        self._store = store
        self._source.acked(store, epoch, seq)
        self._cursor = self._source.cursor(store)
        self._kept = self._cursor or Position(0, 0)
        self._rewind()
        self._progressed()

    def _advance(self, position: Position) -> None:
        cursor = self._cursor
        if cursor is not None and position.epoch == cursor.epoch:
            if position.seq <= cursor.seq:
                return
            self._cursor = position
        else:
            # Only the journal knows which of two epochs was first.
            self._source.acked(self._store or "", *position)
            noted = self._source.cursor(self._store or "")
            if noted == cursor or noted is None:
                return
            self._cursor = self._kept = noted
        self._ahead = min(2 * self._ahead, AHEAD_AT_MOST)
        if position in self._sent:
            while self._sent.popleft() != position:
                pass
        else:
            # It had more than we knew.
            self._rewind()
        self._progressed()

    def _keep(self, now_s: float) -> None:
        """Note the cursor in the journal, now and then."""
        cursor, kept = self._cursor, self._kept
        if cursor is None or cursor == kept or self._store is None:
            return
        many = cursor.epoch != kept.epoch or cursor.seq - kept.seq >= KEEP_EVERY
        if many or now_s - self._kept_s >= KEEP_EVERY_S:
            self._source.acked(self._store, *cursor)
            self._kept, self._kept_s = cursor, self._monotonic()

    def _progressed(self) -> None:
        self._progress_s = self._monotonic()
        self._waiting_since_s = self._progress_s if self._sent else None
        self._again_s = AGAIN_S

    # What is sent.

    def _note_sent(self, position: Position, message_id: int, now_s: float) -> None:
        if not self._sent:
            self._progress_s = now_s
        if self._waiting_since_s is None:
            self._waiting_since_s = now_s
        self._ready.popleft()
        self._head = self._seen = position
        self._sent.append(position)
        self._flying[message_id] = position

    def _rewind(self) -> None:
        """Begin again behind the cursor."""
        self._head = self._seen = self._cursor
        self._ready.clear()
        self._sent.clear()

    def _slow_down(self) -> None:
        """Send again what should have been stored by now, less at once, and wait for longer."""
        self._rewind()
        self._ahead = AHEAD_AT_FIRST
        self._again_s = min(2 * self._again_s, AGAIN_AT_MOST_S)
        self._progress_s = self._monotonic()

    def _go_on(self) -> None:
        self._paused_until_s = None
        self._again_s = AGAIN_S

    def _next(self) -> Entry | None:
        """Give the next event that can be sent; it stays in front until it is."""
        while True:
            if not self._ready:
                if self._seen == self._source.position:
                    return None
                self._ready.extend(self._source.after(*_start(self._seen), BATCH))
            if not self._ready:
                return None
            entry = self._ready[0]
            if entry.position not in self.dead:
                return entry if self._hangs_together(entry) else None
            self._ready.popleft()
            self._seen = entry.position

    def _hangs_together(self, entry: Entry) -> bool:
        """Tell whether all before this event was sent, as far as there is any.

        While the card fails only today is in memory: what is missing there is not gone.
        """
        if self._source.trouble is None or follows(entry, self._head):
            return True
        if entry.type != EpochBegan.__name__ or self._head is None:
            return False
        began = codec.decode_record(entry.type, entry.data)
        return isinstance(began, EpochBegan) and self._head == (
            began.previous_epoch,
            began.previous_seq,
        )

    def _payload(self, entry: Entry) -> bytes | None:
        """Give the event as it is sent; None: it cannot be, and is dead."""
        try:
            return pack(self._device, entry, self._head)
        except UnsendableError as error:
            self._bury(entry.position, str(error))
            return None

    def _bury(self, position: Position, why: str) -> None:
        self.dead.add(position)
        log.error("event %d of epoch %x is not sent: %s", position.seq, position.epoch, why)


def _start(position: Position | None) -> tuple[int | None, int]:
    """Give a position as the journal is asked; without one: from the beginning."""
    return (None, 0) if position is None else position
