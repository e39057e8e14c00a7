"""The emulated printer at a TCP port, or at a device node.

One thread serves all connections, so that faults happen at an exact byte and not at a moment.
"""

from __future__ import annotations

import queue
import selectors
import socket
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from demo.emulator.cable import Cable, Connection
from demo.emulator.codepages import EPSON
from demo.emulator.glyphs import Glyphs
from demo.emulator.machine import Machine
from demo.emulator.outlets import LOOPBACK, NodeOutlet, Outlet, TcpOutlet
from demo.emulator.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from demo.emulator.codepages import CodePages
    from demo.emulator.tape import Slip

PAPER_80_MM: Final = 576
"""Dots in a line on 80 mm paper: 48 characters."""
PAPER_58_MM: Final = 384
"""Dots in a line on 58 mm paper: 32 characters."""
_DEADLINE_S: Final = 5.0


class PrinterEmulator:
    """A printer at a TCP port, or at a node. Entering it switches it on.

    Args:
        port: Where to listen. 0: any free port.
        host: Address of the interface on which it does.
        node: Where its device node is, instead of a port.
        width: Of the print line in dots: `PAPER_80_MM` or `PAPER_58_MM`.
        mm_per_s: How fast the head prints; 150 to 300 are usual, at once is the default.
        pages: Which code page each number means: that differs by maker.
        strict: Leaving it raises if the printer was sent something that it does not know.

    Attributes:
        host: Where it listens.
        slips: What has come out, oldest first.
        scraps: What was torn off half-printed when a new roll was put in.
        faults: What was sent and not understood, a sentence each.
        paper: The roll.
        cover: The cover.
        cutter: The cutter.
        head: The print head.

    Raises:
        NoFontError: There is no font to draw with.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = LOOPBACK,
        node: Path | None = None,
        width: int = PAPER_80_MM,
        mm_per_s: float = float("inf"),
        pages: CodePages = EPSON,
        strict: bool = True,
    ) -> None:
        parts = Parts(self._wake)
        self._machine = Machine(parts, Glyphs(), width, mm_per_s, pages)
        self._strict = strict
        self._cable = Cable()
        self._connections: list[Connection] = []
        self._tcp = TcpOutlet(port, host)
        self._outlet: Outlet = NodeOutlet(node) if node else self._tcp
        self._actions = queue.SimpleQueue[tuple["Callable[[], None]", threading.Event]]()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.host = self._tcp.host
        self.slips = self._machine.slips
        self.scraps = self._machine.scraps
        self.faults = self._machine.faults
        self.paper = parts.paper
        self.cover = parts.cover
        self.cutter = parts.cutter
        self.head = parts.head

    def __enter__(self) -> Self:
        """Switch it on.

        Raises:
            OSError: The port is taken.
        """
        self._outlet.open()
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="printer-emulator")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if kind is None and self._strict:
            self.assert_clean()

    @property
    def port(self) -> int:
        """Where it listens; stays the same when it is unplugged and plugged in again."""
        return self._tcp.port

    def close(self) -> None:
        """Switch it off for good; blocks for 5 s at most. Twice is fine.

        Raises:
            TimeoutError: Its thread did not end.
        """
        if self._thread is None:
            return
        self._stopping.set()
        self._wake()
        self._thread.join(_DEADLINE_S)
        if self._thread.is_alive():
            raise TimeoutError(f"thread {self._thread.name} did not end in {_DEADLINE_S} s")
        self._thread = None
        self._bell.close()
        self._ear.close()

    def assert_clean(self) -> None:
        """Raise if anything was sent that the printer does not know.

        Raises:
            AssertionError: The sentence names all of it.
        """
        if self.faults:
            raise AssertionError("the printer did not understand " + "; ".join(self.faults))

    def wait_for_slip(self, count: int, timeout_s: float) -> Slip:
        """Wait until `count` slips have come out, and give the last of these.

        Raises:
            TimeoutError: They have not come out in time.
        """
        return self._machine.wait_for_slip(count, timeout_s)

    def stall(self, after_bytes: int = 0) -> None:
        """Accept connections, and read no more than so many bytes of each."""
        self._change(Cable(stalls_after=after_bytes))

    def mute(self, after_bytes: int = 0) -> None:
        """Read and print, but answer nothing from this byte of a connection on."""
        self._change(Cable(mute_after=after_bytes))

    def reset_connections(self, after_bytes: int = 0) -> None:
        """Reset each connection, those that are open included, when it has sent so many bytes."""
        self._change(Cable(resets_after=after_bytes))

    def garble(self, noise: bytes, *, answers_too: bool = False) -> None:
        """Send noise before each answer, or instead of it."""
        self._change(Cable(noise=noise, only_noise=not answers_too))

    def answer_late(self, delay_s: float) -> None:
        """Let each answer come so much later."""
        self._change(Cable(delay_s=delay_s))

    def answer_hastily(self) -> None:
        """Answer GS r before its turn, as a bad imitation would."""
        self._machine.hasty = True

    def never_tell_the_end(self) -> None:
        """Do not know GS r, as many imitations do not."""
        self._machine.reticent = True

    def answer_between_commands(self) -> None:
        """Take a question inside a picture for dots, as bad imitations do."""
        self._machine.literal = True

    def refuse(self) -> None:
        """Refuse connections; what is connected stays so."""
        self._change(Cable(refuses=True))

    def recover(self) -> None:
        """Behave again."""
        self._change(Cable())

    def unplug(self) -> None:
        """Pull the plug: connections break, nobody listens, what it held is lost."""
        self._change(Cable(refuses=True, resets_after=0))
        self._in_thread(self._machine.switch_off)

    def plug_in(self) -> None:
        """Put the plug back."""
        self.recover()

    def _change(self, cable: Cable) -> None:
        def change() -> None:
            self._cable = cable
            for connection in self._connections.copy():
                connection.count_afresh()
                self._reset_if_doomed(connection)
            if cable.refuses:
                self._outlet.close()
            else:
                self._outlet.open()

        self._in_thread(change)

    def _wake(self) -> None:
        if self._thread:
            self._bell.send(b"!")

    def _in_thread(self, action: Callable[[], None]) -> None:
        """Have the thread do something, and return when it is done."""
        done = threading.Event()
        self._actions.put((action, done))
        self._wake()
        if not done.wait(_DEADLINE_S):
            raise TimeoutError(f"the printer emulator did nothing for {_DEADLINE_S} s")

    def _serve(self) -> None:
        try:
            while not self._stopping.is_set():
                self._next_event()()
        finally:
            for connection in self._connections:
                connection.close()
            self._outlet.close()

    def _next_event(self) -> Callable[[], None]:
        """Wait for something to do. Whoever is not to be read from now is not watched."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ, self._hear)
            if (waiting := self._outlet.waiting()) is not None:
                selector.register(waiting, selectors.EVENT_READ, self._accept)
            for connection in self._connections:
                if connection.appetite(self._cable) and not self._machine.full:
                    read = partial(self._read, connection)
                    selector.register(connection.plug, selectors.EVENT_READ, read)
            events = selector.select(self._machine.busy_s)
            event: Callable[[], None] = events[0][0].data if events else self._go_on
            return event

    def _hear(self) -> None:
        """Do what another thread asked for, and what a hand has made possible."""
        self._ear.recv(64)
        while not self._actions.empty():
            action, done = self._actions.get()
            action()
            done.set()
        self._go_on()

    def _go_on(self) -> None:
        answers = self._machine.go_on()
        if self._connections:
            self._answer(self._connections[-1], answers)

    def _accept(self) -> None:
        self._connections.append(Connection(self._outlet.accept()))
        self._reset_if_doomed(self._connections[-1])

    def _read(self, connection: Connection) -> None:
        if data := connection.read(self._cable):
            self._answer(connection, self._machine.receive(data))
            self._reset_if_doomed(connection)
        else:
            self._drop(connection)

    def _answer(self, connection: Connection, answers: bytes) -> None:
        if answers and self._cable.delay_s:
            self._stopping.wait(self._cable.delay_s)
        with suppress(OSError):
            connection.answer(answers, self._cable)

    def _reset_if_doomed(self, connection: Connection) -> None:
        if connection.doomed(self._cable):
            self._drop(connection, reset=True)

    def _drop(self, connection: Connection, *, reset: bool = False) -> None:
        self._connections.remove(connection)
        connection.close(reset=reset)
