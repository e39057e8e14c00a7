"""Devices of an office as the central broker hears them, played: for tests and benches.

Each says what a desk says, with the types of the contract. One with a connection of its own has a
last will, and can be killed; thousands share one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from appliance.bus.link import Link, Login, Pace
from appliance.bus.messages.alive import Health, Status, UplinkHealth
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import ServiceWait, Today, Wait
from appliance.bus.messages.staff import Alarm, Alarms, Kept, Promise, Watch
from appliance.bus.topics import Topics
from appliance.desk.uplink import last_will

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from appliance.bus.addresses import Address

SEVEN: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
NOW: Final = SEVEN + timedelta(hours=4, minutes=12)
VALID_S: Final = 30
SENTENCES: Final = {
    "printer": "Der Drucker hat kein Papier. Bitte eine neue Rolle einlegen.",
    "undervoltage": "Das Netzteil ist zu schwach. Bitte das mitgelieferte verwenden.",
}
EVERY_S: Final = 0.3
"""The beats of a desk come every 10 s; a test has no time."""
VERSION: Final = "0.1.0"
DEADLINE_S: Final = 20.0


@dataclass
class Played:
    """A device, and the lobby that it speaks for.

    Attributes:
        site: Its site.
        name: Its name there; the lobby is called the same.
        session: Of its desk.
        now: Desk time.
        waiting: How many wait.
        wrong: Names of alarms.
        health: Members of `Health` that are other than those of a good device.
        version: Of its release.
    """

    site: str
    name: str
    session: str = "s1"
    now: datetime = NOW
    waiting: int = 7
    wrong: Sequence[str] = ()
    health: dict[str, Any] = field(default_factory=dict)
    version: str = VERSION

    @property
    def id(self) -> str:
        """As everyone calls it."""
        return f"{self.site}.{self.name}".lower()

    @property
    def topics(self) -> Topics:
        """Its tree."""
        return Topics(self.site, self.name.upper(), self.id)

    @property
    def _stamp(self) -> dict[str, Any]:
        day: date = self.now.date()
        return {"as_of": self.now, "day": day, "session": self.session, "valid_s": VALID_S}

    def birth(self, state: str = "up") -> tuple[str, bytes]:
        """Give its status, and the topic."""
        status = Status(state=state, session=self.session, as_of=SEVEN, version=self.version)
        return self.topics.status, encode(status)

    def beat(self) -> Iterator[tuple[str, bytes]]:
        """Give what it says every ten seconds, and where."""
        good = {"camera": "ok", "board": "ok", "printer": "ready", "paper": True, "card": "fine"}
        size = {"disk_free_bytes": 11_811_160_064, "memory_free_bytes": 1_503_238_553}
        uplink = UplinkHealth(
            backlog=0,
            stalled_s=0,
            dead=0,
            refused=0,
            dates_checked=True,
            certificate_until=SEVEN + timedelta(days=300),
        )
        more = {"temperature_c": 51.5, "undervoltage": False, "clock": "sure", "uplink": uplink}
        health = {**good, **size, **more, **self.health}
        yield self.topics.health, encode(Health(**self._stamp, **health))
        services = [
            ServiceWait(service="A10", waiting=self.waiting, low_min=10, high_min=25),
            ServiceWait(service="B20", waiting=2),
        ]
        wait = Wait(**self._stamp, waiting=self.waiting, services=services)
        yield self.topics.wait, encode(wait)
        kept = Kept(service="A10", came=20, called=0.95, started=None, at_once=0.6)
        watch = Watch(service="A10", appointments=4.0, kept=0.97)
        yield self.topics.promise, encode(Promise(**self._stamp, today=[kept], next_hour=[watch]))
        alarms = [
            Alarm(name=name, since=SEVEN, sentence=SENTENCES.get(name, f"Nachsehen: {name}."))
            for name in self.wrong
        ]
        yield self.topics.alarms, encode(Alarms(**self._stamp, alarms=alarms))

    def day(self, hours: int = 4) -> tuple[str, bytes]:
        """Give its day so far, as who keeps the curves tells it."""
        steps = range(hours * 6)
        # A rush at nine, and in the end as many as wait now.
        shares = [
            0.4 + max(0.0, 0.9 - abs(step / 6 - 2) * 0.56) + 0.6 * step / steps[-1]
            for step in steps
        ]
        waiting: list[int | None] = [round(self.waiting * share) for share in shares]
        today = Today(
            **{**self._stamp, "valid_s": 1200},
            start=SEVEN,
            step_s=600,
            waiting=waiting,
            longest_min=[None if each is None else 5 + each for each in waiting],
            came=[step for step in steps],  # noqa: C416  (`list[int]` is no `list[int | None]`)
            kept=[step - step // 9 for step in steps],
        )
        return self.topics.today, encode(today)


class Speaking:
    """Devices that share a connection, and beat until it is left.

    Args:
        address: The broker.
        name: Of the login that may say all of it.
        devices: Who speaks; one alone has its last will.
        every_s: Between two beats of each.
    """

    def __init__(
        self, address: Address, name: str, devices: Sequence[Played], every_s: float = EVERY_S
    ) -> None:
        self.devices = list(devices)
        self.address = address
        first, alone = devices[0], len(devices) == 1
        will = last_will(first.topics, first.session, first.version, SEVEN) if alone else None
        login = Login(f"played.{first.id}", name, "secret" if name else "")
        self.link = Link(address, login, lambda _: None, will=will, pace=Pace(0.05, 0.2))
        self._every_s = every_s
        self._stop = threading.Event()
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._run, name="played devices")

    def __enter__(self) -> Self:
        self.link.open()
        until(lambda: self.link.is_up, "the played devices' link")
        self.says(*(each.birth() for each in self.devices))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)
        self.link.close()

    def says(self, *messages: tuple[str, bytes]) -> None:
        """Say something at once, retained."""
        for topic, payload in messages:
            self.link.publish(topic, payload, retain=True)

    def is_quiet(self) -> None:
        """Say nothing any more, and stay connected: a desk that hangs."""
        self._quiet.set()

    def _run(self) -> None:
        began_s = time.monotonic()
        then = [each.now for each in self.devices]
        # One after the other, as devices that were not started at the same moment do.
        pause_s = self._every_s / len(self.devices)
        while not self._stop.is_set():
            for played, first in zip(self.devices, then, strict=True):
                if self._stop.wait(pause_s):
                    return
                if self._quiet.is_set():
                    continue
                played.now = first + timedelta(seconds=time.monotonic() - began_s)
                self.says(*played.beat())


def until(fact: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fail with its name if it is not in time."""
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, f"not in time: {what}"
        time.sleep(0.01)
