"""The desk in a thread of the test, with a real journal and line, and what is around it."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.bus.link import Received
from appliance.bus.messages import asked, staff
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import Board, KioskResult
from appliance.bus.topics import Topics
from appliance.checkin.admission import Admission
from appliance.checkin.outcomes import Outcome
from appliance.desk.loop import Desk
from appliance.desk.panel import Panel
from appliance.desk.surroundings import Incoming, Rhythm, Surroundings
from appliance.desk.wording import Wording
from appliance.journal.keeping import Keeping
from appliance.journal.numbers import NumberMark
from appliance.strings import texts
from tests.support.lobby import at, empty_line
from tests.support.machine import Machine

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from appliance.desk.printing import Job
    from appliance.drivers.lamps import Light
    from appliance.line.line import Line

M = TypeVar("M")

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
KEY = b"0123456789abcdef"
WORDING = Wording((texts("en"), texts("de")), {"C1": {"en": "Hall 2.", "de": "Halle 2."}})
DEADLINE_S = 10.0


@dataclass
class Sent:
    """A message that the desk published."""

    payload: bytes
    retain: bool
    correlation: bytes | None


class Said:
    """Judges as the test says, whatever is shown."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def admit(self, *_: object) -> Admission:
        return self._table.scanned

    def admit_short(self, *_: object) -> Admission | None:
        return self._table.scanned


class Table:
    """The desk, and all that stands around it, under a test's hands.

    Args:
        folder: For the journal.
        line: The lobby; by default the small one.
        clock: At seven in the morning; at eight the test begins.
        new: It is known that no number was ever given out here.
        more: Further surroundings: `judge` for real codes, `parts`.
    """

    def __init__(
        self,
        folder: Path,
        line: Line | None = None,
        clock: Machine | None = None,
        *,
        new: bool = True,
        **more: Any,  # noqa: ANN401  (as `Surroundings` takes them)
    ) -> None:
        self.line = line or empty_line()
        self.clock = clock or Machine(at("07:00"))
        self.inbox: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self.sent: dict[str, list[Sent]] = {}
        self.jobs: list[Job] = []
        self.acknowledged: list[Received] = []
        self.forecasts_asked: list[datetime] = []
        self.scanned = Admission(Outcome.FOREIGN, {"kind": "url"})
        self.lights: list[Light] = []
        self.more = more
        self._folder = folder
        if new:
            NumberMark(folder / "numbers.mark").cover(date.min, {}, None)
        self.journal = Keeping(folder / "journal.sqlite")
        self._open()
        if clock is None:
            self.clock.goes_to(at("08:00"))

    def restart(self) -> None:
        """Kill the desk and start it again."""
        self.journal.close()
        self.journal = Keeping(self._folder / "journal.sqlite")
        self.jobs.clear()
        self.sent.clear()
        self._open()
        self.settle()

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def settle(self) -> None:
        """Let the desk take all that is in its inbox, and publish."""
        stop = threading.Event()
        thread = threading.Thread(target=self.desk.run, args=(stop,), name="desk-under-test")
        self.sent.pop(TOPICS.board, None)
        thread.start()
        until_s = time.monotonic() + DEADLINE_S
        while not (self.inbox.empty() and TOPICS.board in self.sent):
            assert time.monotonic() < until_s
            assert thread.is_alive()
            time.sleep(0.001)
        stop.set()
        thread.join(DEADLINE_S)

    def put(self, *items: Incoming) -> None:
        """Let these happen."""
        for item in items:
            self.inbox.put(item)
        self.settle()

    def ask(
        self, caller: str, verb: str, body: bytes = b"{}", key: bytes | None = KEY
    ) -> asked.Reply:
        """Send a command; give the reply."""
        where = TOPICS.reply(caller, "t")
        self.put(
            Received(TOPICS.command(caller, verb), body, response_topic=where, correlation=key)
        )
        sent = self.sent[where][-1]
        assert sent.correlation == key
        return decode(sent.payload, asked.Reply)

    def scan(self, admission: Admission) -> KioskResult:
        """Hold up a code that means `admission`; give what the kiosk shows."""
        self.scanned = admission
        scan = asked.Scan(kind="code", kiosk="entrance", text="LB1:…")
        self.put(Received(TOPICS.scan, encode(scan)))
        return self.shown()

    def hold_up(self, text: str, kind: str = "code") -> KioskResult:
        """Hold up a code, or a slip; give what the kiosk shows."""
        self.put(Received(TOPICS.scan, encode(asked.Scan(kind=kind, kiosk="entrance", text=text))))
        return self.shown()

    def shown(self) -> KioskResult:
        """Give what the kiosk shows."""
        sent = self.sent[TOPICS.kiosk_result("entrance")][-1]
        return decode(sent.payload, KioskResult)

    def slip_id(self, number: int = 0) -> int:
        """Give the id of a slip that went to the printer."""
        id_ = self.jobs[number].slip_id
        assert id_ is not None
        return id_

    def told(self, topic: str, kind: type[M]) -> M:
        """Give what was last published on a topic."""
        return decode(self.sent[topic][-1].payload, kind)

    def board(self) -> Board:
        """Give what the board shows."""
        return self.told(TOPICS.board, Board)

    def alarms(self) -> list[str]:
        """Give the names of the alarms that are on."""
        return [alarm.name for alarm in self.told(TOPICS.alarms, staff.Alarms).alarms]

    def _open(self) -> None:
        self.desk = Desk(
            line=self.line,
            journal=self.journal,
            clock=self.clock,
            topics=TOPICS,
            texts=texts("en"),
            around=Surroundings(
                publish=self._publish,
                acknowledge=self.acknowledged.append,
                print_slip=self.jobs.append,
                set_slip=lambda *_: lambda _copy: (),
                ask_forecast=self.forecasts_asked.append,
                beat=lambda: None,
                wording=WORDING,
                show_light=self.lights.append,
                **{"judge": Said(self), "panel": Panel(per_minute=1000), **self.more},
            ),
            inbox=self.inbox,
            kiosk="entrance",
            session="s",
            rhythm=Rhythm(tick_s=0.01),
        )
        self.desk.start()

    def _publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,  # noqa: ARG002  (as the desk calls it)
        expiry_s: int | None = None,  # noqa: ARG002  (the same)
        correlation: bytes | None = None,
    ) -> int:
        self.sent.setdefault(topic, []).append(Sent(payload, retain, correlation))
        return 1
