"""Who stands before the device: somebody at a terminal, or nobody, as at provisioning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

YES, NO = frozenset({"y", "yes", "j", "ja"}), frozenset({"n", "no", "nein"})


class Person(Protocol):
    """Somebody who looks, listens and presses."""

    @property
    def present(self) -> bool:
        """Whether there is one."""

    def asks_for(self, deed: str) -> None:
        """Ask for something that is to be done now."""

    def says(self, question: str) -> bool | None:
        """Ask something; None: it was passed over, or nobody is there."""


class AtTerminal:
    """Somebody at the terminal.

    Args:
        out: Where questions are written.
        read: Gives a line that was typed, `""` at its end.
        how: How it can be answered, such as `y/n`.
    """

    present = True

    def __init__(self, out: TextIO, read: Callable[[], str], how: str) -> None:
        self._out = out
        self._read = read
        self._how = how

    def asks_for(self, deed: str) -> None:
        """Write it; what comes of it is seen at the device."""
        self._write(f"> {deed}\n")

    def says(self, question: str) -> bool | None:
        """Ask until it is answered; an empty line passes over it."""
        while True:
            self._write(f"? {question} [{self._how}] ")
            line = self._read()
            answer = line.strip().casefold()
            if answer in YES | NO:
                return answer in YES
            if not answer:
                # The end of the input is no line: nobody will ever answer.
                self._write("" if line else "\n")
                return None

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Nobody:
    """Nobody is there: what a person must do or see is not tried."""

    present = False

    def asks_for(self, deed: str) -> None:
        """Nobody hears it."""

    def says(self, question: str) -> bool | None:  # noqa: ARG002  (as `Person` has it)
        """Nobody answers."""
        return None
