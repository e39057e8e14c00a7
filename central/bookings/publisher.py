"""Sends what is planned to the central broker, and notes what it confirmed.

PUBACK is not delivery to a Pi; but these messages are retained: the broker holds the last one, and
gives it to whoever comes. A PUBACK may also say no, which a broker's access list does and nothing
else shows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from appliance.bus.link import Acknowledged, Connected, Disconnected, Link
from appliance.mailbox import take
from central.bookings.plan import Plan, plan
from central.keys.key_files import KeyringError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from threading import Event

    from appliance.bus.link import Address, Inbound, Login
    from central.bookings.office import Office
    from central.bookings.plan import Parcel, SignedList
    from central.bookings.store import Store

LOOK_S = 1.0
"""So often `watch` looks whether something changed."""
AGAIN_S = 60.0
"""What a broker refused is tried again after this."""
CONNECT_S = 20.0
CONFIRM_S = 20.0


class PublishError(OSError):
    """The broker was not told; the sentence says why and what to do."""


@dataclass(slots=True)
class Told:
    """What came of sending.

    Args:
        confirmed: How many messages the broker has.
        refused: Topic and reason code of those that it does not take.
        open: How many it has not answered.
    """

    confirmed: int = 0
    refused: list[tuple[str, int]] = field(default_factory=list)
    open: int = 0


class Publisher:
    """Tells one broker about one office.

    Args:
        office: Whose lobbies are told.
        store: The bookings.
        trust: Gives the trust list, if there is one.
        address: The broker.
        login: Who we are there.
        now: The clock.
    """

    def __init__(
        self,
        office: Office,
        store: Store,
        trust: Callable[[], SignedList | None],
        address: Address,
        login: Login,
        now: Callable[[], datetime],
    ) -> None:
        self._office = office
        self._store = store
        self._trust = trust
        self._broker = str(address)
        self._now = now
        self._forgot: date | None = None
        self._inbox: SimpleQueue[Inbound] = SimpleQueue()
        self._link = Link(address, login, self._inbox.put)

    def once(self, *, everything: bool = False) -> Iterator[str]:
        """Tell what changed, or everything, and say what came of it.

        Raises:
            PublishError: The broker is not there, does not answer, or refuses.
        """
        todo = self._plan(everything=everything)
        yield from todo.problems
        with self._link:
            if todo.parcels and not self._connected():
                raise PublishError(
                    f"no connection to the broker at {self._broker} ({self._link.hitch or 'slow'}):"
                    " see whether it runs, and whether it knows this login"
                )
            told = self._deliver(todo.parcels)
        yield _sentence(told)
        self._complain(told)
        if todo.problems:
            raise PublishError("not everything could be published: see above")

    def watch(
        self, stop: Event, *, everything: bool = False, beat: Callable[[], None] = lambda: None
    ) -> Iterator[str]:
        """Tell what changes until `stop` is set, within seconds; goes on whatever happens.

        Args:
            stop: Ends it.
            everything: Tell everything once, at the beginning.
            beat: Called in each round.
        """
        refused: dict[tuple[str, int], float] = {}
        said: set[str] = set()
        with self._link:
            while not stop.wait(LOOK_S):
                beat()
                self._drain()
                if not self._link.is_up:
                    continue
                todo = self._plan(everything=everything)
                yield from (problem for problem in todo.problems if problem not in said)
                said = set(todo.problems)
                at_s = time.monotonic()
                due = [
                    parcel
                    for parcel in todo.parcels
                    if refused.get((parcel.topic, parcel.revision), at_s) <= at_s
                ]
                if not due:
                    continue
                told = self._deliver(due, stop)
                everything = everything and told.open > 0
                revisions = {parcel.topic: parcel.revision for parcel in due}
                for topic, reason in told.refused:
                    if (topic, revisions[topic]) not in refused:
                        yield _refusal(topic, reason)
                    refused[topic, revisions[topic]] = at_s + AGAIN_S
                if told.confirmed:
                    yield _sentence(told)

    def _plan(self, *, everything: bool) -> Plan:
        trust, problems = None, []
        self._forget()
        try:
            trust = self._trust()
        except KeyringError as error:
            # The bookings do not wait for the keys.
            problems.append(str(error))
        now, broker = self._now(), self._broker
        todo = plan(self._office, self._store, trust, broker, now, everything=everything)
        return Plan(todo.parcels, problems + todo.problems)

    def _forget(self) -> None:
        """Delete what is over for long, once a day."""
        today = self._now().date()
        if self._forgot != today:
            self._forgot = today
            keep = timedelta(days=self._office.files.keep_days)
            self._store.forget_before(today - keep)

    def _connected(self) -> bool:
        until_s = time.monotonic() + CONNECT_S
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                if isinstance(take(self._inbox, left_s), Connected):
                    return True
            except Empty:
                break
        return False

    def _deliver(self, parcels: list[Parcel], stop: Event | None = None) -> Told:
        """Send with a window, and note each confirmation when it comes."""
        told, waiting = Told(), list(reversed(parcels))
        sent: dict[int, Parcel] = {}
        while (waiting or sent) and not (stop and stop.is_set()):
            while waiting and len(sent) < self._link.window:
                parcel = waiting[-1]
                message_id = self._link.publish(parcel.topic, parcel.payload, retain=True)
                if message_id == 0:
                    break
                sent[message_id] = waiting.pop()
            if not sent:
                break  # the connection is down; what is left is planned again
            try:
                news = take(self._inbox, CONFIRM_S)
            except Empty:
                break
            match news:
                case Acknowledged(message_id, _, refusal) if message_id in sent:
                    self._note(sent.pop(message_id), refusal, told)
                case Disconnected():
                    break
                case _:
                    pass
        told.open = len(waiting) + len(sent)
        return told

    def _note(self, parcel: Parcel, refusal: int, told: Told) -> None:
        if refusal:
            told.refused.append((parcel.topic, refusal))
            return
        told.confirmed += 1
        self._store.confirm(self._broker, parcel.topic, parcel.revision, parcel.day)

    def _complain(self, told: Told) -> None:
        if told.refused:
            raise PublishError(_refusal(*told.refused[0]))
        if told.open:
            raise PublishError(
                f"the broker at {self._broker} left {told.open} messages unanswered: try again"
            )

    def _drain(self) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait()


def _sentence(told: Told) -> str:
    if told.confirmed == 0 and not told.refused and not told.open:
        return "nothing to tell: the broker has everything"
    return f"told the broker {told.confirmed} {'thing' if told.confirmed == 1 else 'things'}"


def _refusal(topic: str, reason: int) -> str:
    return f"the broker refuses {topic} (reason 0x{reason:02x}): may this login write there?"
