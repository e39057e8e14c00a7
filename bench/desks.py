"""A desk as it runs on a Pi, and a printer that makes no paper: bytes arrive there, or do not.

For `bench.scan_to_slip`, `bench.dead_printer` and `bench.desk_memory`. The printer answers as a
good one does, at once, so that what is measured is ours.
"""

from __future__ import annotations

import queue
import re
import select
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Self

from appliance.bus.asking import Asker
from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages import asked
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import KioskResult
from appliance.bus.topics import Topics
from tests.journal.entrance import CLOCK, KIOSK, NINE, Issuer
from tests.support.broker import Mosquitto
from tests.support.device import device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from appliance.bus.link import Inbound

DEADLINE_S: Final = 30.0
SCAN_KEEP_S: Final = 5
_GOOD: Final = b"\x16\x12\x12\x12"
_CUT: Final = b"\x1dVB\0"
_QUESTION: Final = re.compile(rb"\x10\x04([\x01-\x04])|\x1dr(\x01)")


class Sink:
    """A printer at a port of the loopback interface that only takes bytes.

    Args:
        dead: It accepts connections, and reads and answers nothing.

    Attributes:
        arrived_s: When the last byte of each slip was there, by `time.perf_counter`.
        port: Where it is.
    """

    def __init__(self, *, dead: bool = False) -> None:
        self._dead = dead
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="bench-printer", daemon=True)
        self.arrived_s: queue.SimpleQueue[float] = queue.SimpleQueue()
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bell.close()
        self._thread.join(DEADLINE_S)
        self._listener.close()
        self._ear.close()

    def _serve(self) -> None:
        with ExitStack() as stack:
            held = []
            while True:
                ready, _, _ = select.select([self._listener, self._ear], [], [])
                if self._ear in ready:
                    return
                client, _ = self._listener.accept()
                stack.enter_context(client)
                if self._dead:
                    held.append(client)
                    continue
                with client, suppress(OSError):
                    self._take(client)

    def _take(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(DEADLINE_S)
        tail = b""
        while data := client.recv(65536):
            now_s = time.perf_counter()
            seen = tail + data
            for _ in range(seen.count(_CUT)):
                self.arrived_s.put(now_s)
            answers, end = bytearray(), 0
            for question in _QUESTION.finditer(seen):
                answers.append(_GOOD[question[1][0] - 1] if question[1] else 0)
                end = question.end()
            client.sendall(answers)
            # What of a cut or a question may have its end in what comes next.
            tail = seen[max(end, seen.rfind(_CUT) + len(_CUT), len(seen) - 3) :]


@dataclass(frozen=True, slots=True)
class DeskAtWork:
    """A desk, its broker and its people.

    Args:
        folder: Where its files are.
        topics: Its tree.
        bus: The way to it.
        issuer: Signs codes that it takes.
        process: The desk.
    """

    folder: Path
    topics: Topics
    bus: UnixSocket
    issuer: Issuer
    process: subprocess.Popen[bytes]

    def caller(self, login: str) -> Asker:
        """Give somebody who may ask; to be entered."""
        return Asker(self.topics, self.bus, Login(f"{login}.{id(self)}", login, ""))


@contextmanager
def desk(printer_port: int) -> Iterator[DeskAtWork]:
    """Start a desk with a broker of its own; a counter is open, and nothing else has happened."""
    with device() as pi, TemporaryDirectory() as keys, ExitStack() as stack:
        issuer = Issuer.new(Path(keys) / "keys")
        for old, new in (
            ('name = "eingang-1"', 'name = "eingang-1"\nroles = ["desk"]'),
            ("port = 9", f"port = {printer_port}"),
            (f"{pi.folder}/trust.cose", str(issuer.folder / "trust.cose")),
            (f"{pi.folder}/root.pub", str(issuer.folder / "root.pub")),
            ("[codes]", '[codes]\nslip_prefix = "https://warten.example.org/n/"'),
        ):
            pi.edit(old, new)
        with pi.config.open("a", encoding="utf-8") as config:
            config.write(CLOCK.format(start=NINE.isoformat(), origin=repr(time.time())))
        broker = Mosquitto(pi.folder)
        broker.start()
        stack.enter_context(closing(broker))
        process = stack.enter_context(pi.started("desk"))
        topics = Topics("SUED", "EINGANG", "sued.eingang-1")
        at_work = DeskAtWork(pi.folder, topics, UnixSocket(broker.socket), issuer, process)
        with at_work.caller("counter.1") as counter:
            ask(counter, "open_counter")
        yield at_work


def ask(caller: Asker, verb: str, service: str | None = None) -> asked.Reply:
    """Ask for something that the desk has to do."""
    reply = caller.ask(verb, asked.Command(service=service), timeout_s=DEADLINE_S)
    if not reply.ok:
        raise SystemExit(f"{verb}: {reply.sentence}")
    return reply


class Kiosk:
    """The camera's end of the bus, and the screen beside it; to be entered."""

    def __init__(self, at_work: DeskAtWork) -> None:
        self._at_work = at_work
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._result = at_work.topics.kiosk_result(KIOSK)
        self.link = Link(
            at_work.bus,
            Login("kiosk", "scanner", ""),
            self._inbox.put,
            subscriptions=[self._result],
        )

    def __enter__(self) -> Self:
        self.link.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.link.__exit__(kind, error, trace)

    def check_in(self) -> float:
        """Show a new code; give the seconds until the screen knows the number."""
        scan = asked.Scan(kind="code", kiosk=KIOSK, text=self._at_work.issuer.code())
        began_s = time.perf_counter()
        while not self.link.publish(self._at_work.topics.scan, encode(scan), expiry_s=SCAN_KEEP_S):
            time.sleep(0.01)
        while True:
            news = self._inbox.get(timeout=DEADLINE_S)
            if isinstance(news, Received) and news.topic == self._result:
                took_s = time.perf_counter() - began_s
                if not decode(news.payload, KioskResult).ticket:
                    raise SystemExit(f"no number: {news.payload!r}")
                return took_s


def seconds(work: Callable[[], object]) -> float:
    """Measure one piece of work."""
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def memory_mb(pid: int) -> float:
    """Give the memory of a process that is in RAM."""
    for row in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no VmRSS")
