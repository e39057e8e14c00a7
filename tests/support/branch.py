"""A lobby and its uplink, for tests: a real journal, a real link, and the desk's loop in small."""

from __future__ import annotations

import queue
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from appliance.bus.link import Link, Login, Pace, Tcp
from appliance.bus.outbox import Outbox
from appliance.bus.topics import Topics
from appliance.desk.uplink import FromUplink, Takers, Uplink, last_will, subscriptions
from appliance.journal.keeping import Keeping
from appliance.line import commands
from tests.support.lobby import empty_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from appliance.bus.link import Address
    from appliance.journal.entries import Position

MORNING = datetime(2026, 3, 2, 7, tzinfo=UTC)
DEADLINE_S = 40.0
QUICK = Pace(0.05, 0.3)
WITHIN_A_ROUND = 50


class Branch:
    """A lobby that gives out numbers, and tells a central broker.

    Args:
        folder: For its journal.
        address: The central broker; a port: on this machine.
        name: Of the device.
        pace: Of its attempts to connect.
    """

    def __init__(
        self,
        folder: Path,
        address: Address | int,
        name: str = "eingang-1",
        pace: Pace = QUICK,
    ) -> None:
        self.topics = Topics("SUED", "EINGANG", f"sued.{name}")
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = Keeping(folder / "journal.sqlite", uplink=True)
        self.line = self.journal.line(empty_line())
        self.bookings: list[tuple[date, bytes]] = []
        self.cancelled: list[tuple[date, bytes]] = []
        self.keys: list[bytes] = []
        self.inbox: queue.SimpleQueue[FromUplink] = queue.SimpleQueue()
        self.session = f"{time.monotonic_ns():x}"
        device = self.topics.device
        if isinstance(address, int):
            address = Tcp("127.0.0.1", address)
        self.link = Link(
            address,
            Login(device, device, "secret"),
            lambda item: self.inbox.put(FromUplink(item)),
            subscriptions=subscriptions(self.topics),
            will=last_will(self.topics, self.session, "0.1", MORNING),
            canary=self.topics.canary(device),
            pace=pace,
        )
        self.outbox = Outbox(device, self.journal)
        self.uplink = Uplink(
            self.link,
            self.topics,
            self.outbox,
            Takers(
                bookings=lambda day, payload: self.bookings.append((day, payload)),
                cancelled=lambda day, payload: self.cancelled.append((day, payload)),
                keys=self.keys.append,
            ),
            session=self.session,
            version="0.1",
            started=MORNING,
        )
        # Of today: what is older than a month a collector deletes.
        today = datetime.now(UTC).date()
        self._now = datetime.combine(today, MORNING.timetz()) + timedelta(
            seconds=len(self.line.tickets)
        )
        if self.line.day is None:
            self.do(commands.TurnDay(today))

    def __enter__(self) -> Self:
        self.link.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.uplink.close()
        self.link.close()
        self.journal.close()

    def do(self, command: commands.Command) -> None:
        """Decide, commit."""
        self._now += timedelta(seconds=1)
        decision = self.line.decide(command, self._now)
        self.line = self.line.apply_all(decision.events)
        self.journal.commit(decision.events, day=str(self.line.day), line=self.line)

    def issue(self, tickets: int) -> None:
        """Give out numbers."""
        for _ in range(tickets):
            self.do(commands.Issue("A1"))

    def positions(self) -> list[Position]:
        """Give the ids of all events, in order."""
        return [entry.position for entry in self.journal.after(None, 0, 1_000_000)]

    def turn(self) -> None:
        """Do one round of the desk's loop."""
        try:
            item = self.inbox.get(timeout=0.02)
            for _ in range(WITHIN_A_ROUND):
                self.uplink.handle(item.item)
                item = self.inbox.get_nowait()
        except queue.Empty:
            pass
        self.uplink.pump()

    def turn_until(self, fact: Callable[[], bool], within_s: float = DEADLINE_S) -> None:
        """Go round until something is true."""
        until_s = time.monotonic() + within_s
        while not fact():
            self.turn()
            assert time.monotonic() < until_s, "it did not become true in time"
