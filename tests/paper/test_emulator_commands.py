"""The emulated printer takes bytes apart as strictly as the manual puts them together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.drivers.printer_escpos import EscposWriter
from appliance.paper import Cut, Feed, Qr, Rule, Text
from demo.emulator.commands import Command, take
from demo.emulator.glyphs import Glyphs
from demo.emulator.machine import Machine
from demo.emulator.parts import Parts

SLIP = (
    Text("Ärger über 5 €", bold=True),
    Rule(),
    Text("A017", size=8),
    Feed(2),
    Qr("https://warten.example.org/n/7Hk29sQe3LmTzR4w"),
    Cut(),
)
RASTER = b"\x1dv0\x00\x02\x00\x03\x00\xff\xff\x80\x01\xff\xff"
EVERYTHING = EscposWriter("TM-T20II").write(SLIP) + RASTER + EscposWriter("simple").write(SLIP)


def commands(data: bytes) -> list[Command]:
    found = []
    while command := take(data):
        found.append(command)
        data = data[command.length :]
    return found


def names(data: bytes) -> list[str]:
    return [command.name for command in commands(data)]


def machine(parts: Parts | None = None) -> Machine:
    return Machine(parts or Parts(lambda: None), Glyphs(), 576)


def test_what_we_write_is_understood_to_the_last_byte() -> None:
    assert "?" not in names(EVERYTHING)
    assert sum(command.length for command in commands(EVERYTHING)) == len(EVERYTHING)


def test_commands_are_named_as_in_the_manual() -> None:
    data = (
        b"\x1b@\x1ba\x01A017\n\x1d!\x77\x1b\x64\x02\x10\x04\x01\x1dr\x01" + RASTER + b"\x1dVB\x00"
    )
    assert names(data) == [
        *("ESC @", "ESC a", "TEXT", "LF", "GS !", "ESC d", "DLE EOT", "GS r", "GS v 0", "GS V"),
    ]


@pytest.mark.parametrize(
    ("data", "rest"),
    [
        (b"\x1bi", []),
        (b"\x1bp\x01", ["?"]),
        (b"\x1c.", []),
        (b"\x1dk\x04A017", ["?", "TEXT"]),
        (b"\x07", []),
        (b"\x10\x14\x01", ["?"]),
    ],
)
def test_an_unknown_command_loses_its_name_and_prints_its_arguments(
    data: bytes, rest: list[str]
) -> None:
    assert names(data) == ["?", *rest]


@settings(deadline=None)
@given(st.lists(st.integers(1, len(EVERYTHING)), max_size=30))
def test_bytes_that_come_in_pieces_are_the_same_commands(cuts: list[int]) -> None:
    whole, pieces = machine(), machine()
    whole.receive(EVERYTHING)
    places = sorted({0, *cuts, len(EVERYTHING)})
    for start, end in pairwise(places):
        pieces.receive(EVERYTHING[start:end])
    assert [slip.text for slip in pieces.slips] == [slip.text for slip in whole.slips]
    assert [slip.image.tobytes() for slip in pieces.slips] == [
        slip.image.tobytes() for slip in whole.slips
    ]
    assert not pieces.faults


LETTERS = b"@!-23EJMadtBbrV\x04"
SHORT = [bytes((first, letter)) for first in (0x10, 0x1B, 0x1D) for letter in LETTERS]
FUNCTIONS = [b"", b"0p", b"0p01", b"0p0\x01\x011", b"02", b"1A2", b"1C", b"1E", b"1P0", b"1Q0"]


def counted(letter: str, payload: bytes) -> bytes:
    return b"\x1d(" + letter.encode() + len(payload).to_bytes(2, "little") + payload


PIECES = st.one_of(
    st.tuples(st.sampled_from([b"", b"\x1dv0", *SHORT]), st.binary(max_size=12)).map(b"".join),
    st.builds(
        counted,
        st.sampled_from("kL"),
        st.tuples(st.sampled_from(FUNCTIONS), st.binary(max_size=20)).map(b"".join),
    ),
)


def test_a_real_time_question_is_answered_even_if_its_bytes_come_one_by_one() -> None:
    printer = machine()
    answers = [printer.receive(bytes((byte,))) for byte in b"\x10\x04\x01\x10\x04\x04"]
    assert answers == [b"", b"", b"\x16", b"", b"", b"\x12"]


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_no_bytes_at_all_can_break_the_printer(data: bytes) -> None:
    rubbish = machine()
    rubbish.receive(data)
    assert all(fault.startswith("byte ") for fault in rubbish.faults)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x1bp", "byte 0: unknown command 1b 70"),
        (b"A\n\x1bi", "byte 2: unknown command 1b 69"),
        (b"\x1ba\x07", "ESC a 7"),
        (b"A\x1ba\x01\n", "ESC a in the middle of a line"),
        (b"\x1bt\x63", "ESC t 99"),
        (b"\x1bt\x10\x81\n", "no text in cp1252"),
        (b"\x1bM\x01", "ESC M 1"),
        (b"\x1b!\x01", "font B"),
        (b"\x1d!\x88", "a size above 8"),
        (b"\x1dr\x07", "GS r 7"),
        (b"A\x1dV\x00", "GS V in the middle of a line"),
        (b"\x1dV\x07", "GS V 7"),
        (b"\x1dv0\x09\x01\x00\x01\x00\xff", "GS v 0 with m = 9"),
        (b"\x1dv0\x00\x00\x00\x01\x00", "a picture of 0 × 1 dots"),
        (b"\x1dv0\x00\x80\x00\x01\x00" + b"\xff" * 128, "1024 dots on 576"),
        (b"\x1d(L\x02\x000\x07", "GS ( L with function 30 07"),
        (b"\x1d(k\x03\x001Q0", "a QR code that says nothing"),
        (b"\x1d(L\x0a\x000p0\x01\x011\x08\x00\x02\x00", "0 bytes for 8 × 2 dots"),
        (
            b"\x1d(k\xb3\x0b1P0" + b"a" * 2992 + b"\x1d(k\x03\x001Q0",
            "2992 bytes fit no QR code",
        ),
        (b"\x1d(k\x03\x001C\x00", "GS ( k function 67 with 0"),
        (b"\x1d(k\x03\x000A2", "only QR codes are known"),
    ],
)
def test_what_a_printer_would_not_understand_is_told(data: bytes, fault: str) -> None:
    printer = machine()
    printer.receive(data)
    assert len(printer.faults) == 1
    assert fault in printer.faults[0]
