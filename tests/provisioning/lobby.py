"""A provisioned lobby from outside: pages over the network, and what the machine says of itself."""

from __future__ import annotations

import json
import queue
import re
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Self, TypeVar

from appliance.bus.addresses import Anchor, Tls
from appliance.bus.asking import Asker
from appliance.bus.link import Inbound, Link, Login, Received
from appliance.bus.messages.asked import Command
from appliance.bus.messages.payload import decode
from appliance.bus.messages.shown import Board
from appliance.bus.messages.staff import Tickets
from tests.provisioning.office import COUNTERS_PORT, DEVICE, TOPICS, Office

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.provisioning.reached import Reached

_T = TypeVar("_T")
PROCESSES: Final = ("desk", "scanner", "board")
BACK_S: Final = 45.0


class Page:
    """A page in a browser, as `counter.1` or `kiosk.entrance`: TLS, WebSocket, the Pi's password.

    Args:
        machine: The Pi.
        office: Whose authority the browser trusts.
        caller: Its login.
        patient_s: How long it waits for an answer, or for the board to say something.
    """

    def __init__(
        self, machine: Reached, office: Office, caller: str, patient_s: float = BACK_S
    ) -> None:
        # A browser has no certificate, and is asked for none.
        self._address = Tls(machine.host, COUNTERS_PORT, Anchor(office.authority.path), "/mqtt")
        self._password = machine.sudo(f"cat /etc/lobby/bus/{caller}").strip()
        self._caller = caller
        self._patient_s = patient_s
        self._heard: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            asks = Login(self._caller, self._caller, self._password)
            hears = Login(f"{self._caller}.ear", self._caller, self._password)
            topics = (TOPICS.board, TOPICS.tickets)
            self._asker = stack.enter_context(Asker(TOPICS, self._address, asks))
            stack.enter_context(Link(self._address, hears, self._heard.put, subscriptions=topics))
            self._closing = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def ask(self, verb: str, **body: str) -> str | None:
        """Ask until there is an answer; give its ticket."""
        reply = self._asker.ask(verb, Command(**body), timeout_s=self._patient_s)  # type: ignore[arg-type]
        assert reply.ok, reply
        return reply.ticket

    def board(self, fact: Callable[[Board], bool]) -> Board:
        """Wait until the board says something."""
        return self._until(TOPICS.board, lambda payload: decode(payload, Board), fact)

    def tickets(self, fact: Callable[[set[str]], bool]) -> set[str]:
        """Wait until something is so of the numbers that are open."""

        def numbers(payload: bytes) -> set[str]:
            return {each.ticket for each in decode(payload, Tickets).tickets}

        return self._until(TOPICS.tickets, numbers, fact)

    def _until(self, topic: str, read: Callable[[bytes], _T], fact: Callable[[_T], bool]) -> _T:
        until_s = time.monotonic() + self._patient_s
        while time.monotonic() < until_s:
            try:
                heard = self._heard.get(timeout=1)
            except queue.Empty:
                continue
            if isinstance(heard, Received) and heard.topic == topic:
                told = read(heard.payload)
                if fact(told):
                    return told
        raise AssertionError(f"{topic} did not say so in time")


def wait_for(fact: Callable[[], bool], what: str, within_s: float = BACK_S) -> float:
    """Wait until something is so; give how long it took, in seconds."""
    began_s = time.monotonic()
    while not fact():
        assert time.monotonic() < began_s + within_s, f"not in time: {what}"
        time.sleep(0.05)
    return time.monotonic() - began_s


def processes_up(machine: Reached) -> bool:
    """Tell whether all processes of the desk's Pi say on the bus that they are up."""
    told = json.loads(machine.ssh("sudo lobby status --json", check=False).stdout or "{}")
    here = [each for each in told.get("processes") or [] if each["device"] == DEVICE]
    states = [each["state"] for each in here]
    return states == ["up"] * len(PROCESSES)


def main_process(machine: Reached, unit: str) -> str:
    """Give the process id of a unit that is active; empty: it is not."""
    told = machine.sudo(f"systemctl show -p ActiveState,MainPID {unit}")
    known = dict(line.split("=") for line in told.split())
    return known["MainPID"] if known["ActiveState"] == "active" else ""


def complaints(run: subprocess.CompletedProcess[str], device: str = DEVICE) -> list[str]:
    """Give what a run, and the doctor at its end, had to say against the machine.

    The clock is left out: it is that of the machine on which the container runs, and whether that
    one is set is not ours to say.
    """
    # It speaks the site's language.
    wrong = [line for line in run.stdout.splitlines() if re.search(r" (WRONG|FALSCH) ", line)]
    of_the_clock = re.compile(": clock |Die Uhrzeit ist nicht sicher")
    told = [line for line in wrong if not of_the_clock.search(line)]
    last = (run.stdout.splitlines() or ["nothing"])[-1]
    done = re.fullmatch(rf"{device} +\d+ +(well|NOT WELL)", last)
    return told if done else [*told, last, run.stderr]
