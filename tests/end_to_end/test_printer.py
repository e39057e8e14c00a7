"""The desk as a process and a printer that is not as it should be: over TCP, and over a node."""

from __future__ import annotations

import os
import queue
import signal
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from appliance.bus.asking import Asker
from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages.asked import Command
from appliance.bus.messages.payload import decode
from appliance.bus.messages.staff import Alarms
from appliance.bus.topics import Topics
from tests.paper.attached import emulated
from tests.support.broker import Mosquitto
from tests.support.device import device

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.bus.link import Inbound
    from demo.emulator import PrinterEmulator
    from tests.support.device import Device

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
DEADLINE_S = 30.0
# The questions before a slip take 12 bytes; at this one its number is on the paper.
IN_A_SLIP = 500


class Office:
    """A desk that can be killed, its printer, and somebody who presses the button."""

    def __init__(self, pi: Device, broker: Mosquitto, printer: PrinterEmulator) -> None:
        self._pi = pi
        self._bus = UnixSocket(broker.socket)
        self._alarms: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.printer = printer
        self.alarms: list[set[str]] = []

    @contextmanager
    def desk(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the desk; it has told all that is wrong."""
        with self._pi.started("desk") as running:
            told = len(self.alarms)
            self.until(lambda: len(self.alarms) > told, "what is wrong")
            yield running

    @contextmanager
    def watched(self) -> Iterator[Office]:
        """Hear the alarms."""
        login = Login("ear", "ear", "")
        with Link(self._bus, login, self._alarms.put, subscriptions=[TOPICS.alarms]):
            yield self

    def press(self) -> str:
        """Take a number."""
        with Asker(TOPICS, self._bus, Login("staff.console", "staff.console", "")) as staff:
            reply = staff.ask("issue", Command(service="A1"), timeout_s=DEADLINE_S)
        assert reply.ticket, reply
        return reply.ticket

    def until(self, fact: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert time.monotonic() < until_s, f"{what}: {self.alarms}\n{self._pi.log('desk')}"
            self._look()
            time.sleep(0.01)

    def log_has(self, words: str) -> Callable[[], bool]:
        """Give the fact that the desk has said something."""
        return lambda: words in self._pi.log("desk")

    def _look(self) -> None:
        while not self._alarms.empty():
            news = self._alarms.get()
            if isinstance(news, Received):
                told = decode(news.payload, Alarms)
                self.alarms.append({alarm.name for alarm in told.alarms})


@pytest.fixture(params=["network", "serial"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        # A command that was cut off is complained of; nothing after it is.
        printer = stack.enter_context(emulated(request.param, tmp_path, strict=False))
        pi = stack.enter_context(device())
        pi.edit('name = "eingang-1"', 'name = "eingang-1"\nroles = ["desk"]')
        pi.edit("timeout_s = 0.5", "timeout_s = 3.0")
        if request.param == "network":
            pi.edit("port = 9", f"port = {printer.port}")
        else:
            line = f'kind = "serial"\nserial = "{tmp_path / "lp0"}"\nflow = "none"\nbaud = 115200'
            pi.edit('kind = "network"', line)
        broker = Mosquitto(pi.folder)
        broker.start()
        stack.callback(broker.close)
        yield stack.enter_context(Office(pi, broker, printer).watched())


def test_a_desk_killed_while_a_slip_is_sent_gives_out_a_copy_alone_on_its_paper(
    office: Office,
) -> None:
    printer = office.printer
    with office.desk() as running:
        first = office.press()
        printer.wait_for_slip(1, DEADLINE_S)
        printer.reset_connections(after_bytes=IN_A_SLIP)
        second = office.press()
        office.until(office.log_has(f"the slip of {second}"), "a slip that stays in the middle")
        os.kill(running.pid, signal.SIGKILL)
        running.wait(DEADLINE_S)
    printer.recover()
    with office.desk():
        third = office.press()
        office.until(lambda: third in printer.slips[-1].text, "the slip of the next person")
    copy, last = printer.slips[-2:]
    assert second in copy.text
    assert "Kopie" in copy.text
    assert copy.text.count(second) == last.text.count(third)
    assert (first in copy.text, third in copy.text) == (False, False)
    assert second not in last.text


def test_a_printer_that_does_not_tell_the_end_gives_one_slip_each_and_no_alarm(
    office: Office,
) -> None:
    office.printer.never_tell_the_end()
    with office.desk():
        numbers = [office.press() for _ in range(3)]
        for count, number in enumerate(numbers, 1):
            assert number in office.printer.wait_for_slip(count, DEADLINE_S).text
        last = office.press()
        assert last in office.printer.wait_for_slip(4, DEADLINE_S).text
    assert not [names for names in office.alarms if {"printer", "slip"} & names]
    assert not [slip for slip in office.printer.slips if "Kopie" in slip.text]


def test_a_printer_that_is_away_delays_no_number_and_prints_when_it_is_back(
    office: Office,
) -> None:
    with office.desk():
        office.printer.unplug()
        numbers = [office.press() for _ in range(2)]
        office.until(lambda: "printer" in office.alarms[-1], "the alarm")
        office.printer.plug_in()
        slips = [office.printer.wait_for_slip(count, DEADLINE_S) for count in (1, 2)]
        assert [n in slip.text for n, slip in zip(numbers, slips, strict=True)] == [True, True]
        office.until(lambda: "printer" not in office.alarms[-1], "the end of the alarm")
