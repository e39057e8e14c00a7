"""The status bytes of printers, as they come over a real socket, and what they mean."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.drivers.printer import PrinterStatus
from appliance.drivers.printer_status import Answers, Conversation, NoiseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo.emulator import PrinterEmulator

QUESTIONS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"


def ask(emulator: PrinterEmulator, question: bytes, length: int) -> str:
    with socket.create_connection((emulator.host, emulator.port), timeout=5) as wire:
        wire.sendall(question)
        answer = b""
        while len(answer) < length:
            answer += wire.recv(length - len(answer))
        return answer.hex(" ")


# Condition → what the printer answers to DLE EOT 1 to 4, and to GS r 1 where it comes to that.
SEEN: dict[str, tuple[Callable[[PrinterEmulator], None], str]] = {
    "good": (lambda _: None, "16 12 12 12"),
    "thin roll": (lambda e: e.paper.run_low(), "16 12 12 1e"),
    "no paper": (lambda e: e.paper.run_out(), "1e 32 12 72"),
    "open cover": (lambda e: e.cover.open(), "1e 16 12 12"),
    "hot head": (lambda e: e.head.overheat(), "1e 52 52 12"),
}


@pytest.mark.parametrize("name", SEEN)
def test_the_emulator_answers_with_the_bytes_of_a_real_printer(
    name: str, emulator: PrinterEmulator
) -> None:
    happen, answer = SEEN[name]
    happen(emulator)
    assert ask(emulator, QUESTIONS, 4) == answer


def test_paper_is_told_in_the_order_of_the_data_too(emulator: PrinterEmulator) -> None:
    assert ask(emulator, b"\x1dr\x01", 1) == "00"
    emulator.paper.run_low()
    assert ask(emulator, b"\x1dr\x01", 1) == "03"


MEANING = {
    "16 12 12 12": PrinterStatus.READY,
    "12 12 12 12": PrinterStatus.READY,
    "16 12 12 1e": PrinterStatus.PAPER_LOW,
    "16 12 12 72": PrinterStatus.PAPER_OUT,
    "1e 32 12 12": PrinterStatus.PAPER_OUT,
    "1e 32 12 72": PrinterStatus.PAPER_OUT,
    "1e 32 12 7e": PrinterStatus.PAPER_OUT,
    "1e 16 12 12": PrinterStatus.COVER_OPEN,
    "1e 36 12 7e": PrinterStatus.COVER_OPEN,
    "1e 52 1a 12": PrinterStatus.CUTTER_ERROR,
    "1e 52 52 12": PrinterStatus.OVERHEATED,
    "1e 52 32 12": PrinterStatus.UNKNOWN,
    "1e 12 12 12": PrinterStatus.UNKNOWN,
}


@pytest.mark.parametrize("answer", MEANING)
def test_status_bytes_mean_what_the_manual_says(answer: str) -> None:
    assert Answers(*bytes.fromhex(answer)).status() is MEANING[answer]


class Script:
    """A wire whose far end has said everything already, in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def send(self, data: bytes) -> None:
        assert data

    def receive(self, within_s: float | None = None) -> bytes:
        del within_s
        if not self._pieces:
            raise TimeoutError
        return self._pieces.pop(0)


def test_only_bytes_with_the_fixed_bits_are_answers() -> None:
    fixed = [byte for byte in range(256) if re.fullmatch("0..1..10", f"{byte:08b}")]
    assert [byte for byte in range(256) if is_answer(byte)] == fixed


def is_answer(byte: int) -> bool:
    try:
        Conversation(Script(bytes((byte,) * 4))).status()
    except TimeoutError:
        return False
    return True


@given(st.binary(max_size=80))
def test_no_bytes_without_the_fixed_bits_are_ever_taken_for_an_answer(noise: bytes) -> None:
    noise = bytes(byte for byte in noise if byte & 0b1001_0011 != 0b0001_0010)
    with pytest.raises((TimeoutError, NoiseError)):
        Conversation(Script(*([noise] if noise else []))).status()


@given(st.lists(st.integers(1, 3), max_size=4), st.integers(0, 3))
def test_answers_in_any_pieces_with_an_old_one_between_are_read_right(
    cuts: list[int], position: int
) -> None:
    stream = bytearray.fromhex("1e 32 12 72")
    stream.insert(position, 0x00)
    pieces = []
    for cut in cuts:
        pieces.append(bytes(stream[:cut]))
        del stream[:cut]
    pieces = [piece for piece in [*pieces, bytes(stream)] if piece]
    assert Conversation(Script(*pieces)).status() is PrinterStatus.PAPER_OUT


def test_a_byte_from_before_the_slip_does_not_mean_that_it_is_finished() -> None:
    conversation = Conversation(Script(bytes.fromhex("16 00 12 12 12 00")))
    assert conversation.status() is PrinterStatus.READY
    conversation.print(b"A017")
    assert not conversation.wait_until_finished(within_s=1.0)


def test_a_printer_that_never_stops_talking_is_not_listened_to_for_ever() -> None:
    with pytest.raises(NoiseError):
        Conversation(Script(*[b"\xff"] * 1000)).wait_until_finished(within_s=1.0)
