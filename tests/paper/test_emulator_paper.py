"""The emulated printer is a thing of paper, head and cutter, not a renderer of text."""

from __future__ import annotations

import socket
import time
from typing import Self

import pytest
from PIL import Image

from demo.emulator import PrinterEmulator
from demo.emulator.server import PAPER_58_MM

WAIT_S = 10.0
CUT = b"\x1dV\x00"
FEED_AND_CUT = b"\x1dVB\x00"
MM = 8


class Client:
    """Somebody who sends bytes."""

    def __init__(self, emulator: PrinterEmulator) -> None:
        self.socket = socket.create_connection((emulator.host, emulator.port), timeout=WAIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send, and wait until it has been carried out."""
        self.socket.sendall(data + b"\x1dr\x01")
        assert len(self.socket.recv(1)) == 1

    def wait_for(self, question: int, answer: int) -> None:
        """Ask in real time until that is the answer: at first the printer may still be printing."""
        deadline = time.monotonic() + WAIT_S
        said = None
        while said != answer:
            assert time.monotonic() < deadline, f"{said}, not {answer}"
            self.socket.sendall(bytes((0x10, 0x04, question)))
            said = self.socket.recv(1)[0]


def printed(emulator: PrinterEmulator, data: bytes) -> None:
    with Client(emulator) as client:
        client.send(data)


def black_rows(picture: Image.Image) -> list[int]:
    """Tell in which rows anything is printed."""
    width = picture.width
    return [y for y in range(picture.height) if 0 in picture.crop((0, y, width, y + 1)).tobytes()]


def test_whoever_cuts_without_feeding_leaves_the_last_lines_to_the_next_person(
    emulator: PrinterEmulator,
) -> None:
    printed(emulator, b"\n\n\n\nfirst\nsecond\nthird\nfourth\nfifth\n" + CUT)
    printed(emulator, b"A018\n" + FEED_AND_CUT)
    assert emulator.slips[0].text == "first\n"
    assert emulator.slips[1].text == "second\nthird\nfourth\nfifth\nA018\n"


def test_each_slip_begins_with_the_paper_between_head_and_cutter(
    emulator: PrinterEmulator,
) -> None:
    printed(emulator, b"A017\n" + FEED_AND_CUT)
    printed(emulator, b"A018\n" + FEED_AND_CUT)
    tops = [black_rows(slip.image)[0] for slip in emulator.slips]
    assert tops[0] == tops[1]
    assert 15 * MM <= tops[0] < 15 * MM + 12


def test_cutting_twice_gives_no_second_slip(emulator: PrinterEmulator) -> None:
    printed(emulator, b"A017\n" + FEED_AND_CUT + CUT)
    assert len(emulator.slips) == 1


def test_a_character_eight_times_as_large_is_eight_times_as_high(
    emulator: PrinterEmulator,
) -> None:
    printed(emulator, b"H\n" + FEED_AND_CUT)
    printed(emulator, b"\x1d!\x77H\n" + FEED_AND_CUT)
    small, large = (len(black_rows(slip.image)) for slip in emulator.slips)
    assert large == 8 * small


def test_double_height_alone_makes_nothing_wider(emulator: PrinterEmulator) -> None:
    printed(emulator, b"H\n" + FEED_AND_CUT)
    printed(emulator, b"\x1b!\x10H\n" + FEED_AND_CUT)
    boxes = [Image.eval(slip.image, lambda grey: 255 - grey).getbbox() for slip in emulator.slips]
    (left, top, right, bottom), (left2, top2, right2, bottom2) = (box or (0,) * 4 for box in boxes)
    assert (right2 - left2, bottom2 - top2) == (right - left, 2 * (bottom - top))


def test_white_on_black_is_mostly_black(emulator: PrinterEmulator) -> None:
    printed(emulator, b"\x1dB\x01          \n" + FEED_AND_CUT)
    dots = emulator.slips[0].image.histogram()
    assert dots[0] == 10 * 12 * 24


@pytest.mark.parametrize(
    "command",
    [
        b"\x1dv0\x00\x02\x00\x02\x00",
        b"\x1d(L\x0e\x000p0\x01\x011\x10\x00\x02\x00",
    ],
)
def test_a_picture_comes_out_dot_by_dot(command: bytes, emulator: PrinterEmulator) -> None:
    print_it = b"\x1d(L\x02\x0002" if b"(L" in command else b""
    printed(emulator, command + b"\x80\x01\xff\x00" + print_it + FEED_AND_CUT)
    picture = emulator.slips[0].image
    margin = (picture.width - 576) // 2
    rows = picture.crop((margin, 15 * MM, margin + 16, 15 * MM + 2))
    black = [index for index, grey in enumerate(rows.tobytes()) if grey == 0]
    assert black == [0, 15, *range(16, 24)]


def test_a_line_longer_than_the_paper_goes_on_in_the_next(emulator: PrinterEmulator) -> None:
    printed(emulator, b"x" * 50 + b"\n" + FEED_AND_CUT)
    assert emulator.slips[0].text == f"{'x' * 48}\nxx\n"


def test_narrow_paper_holds_32_characters() -> None:
    with PrinterEmulator(width=PAPER_58_MM) as emulator:
        printed(emulator, b"x" * 33 + b"\n" + FEED_AND_CUT)
        assert emulator.slips[0].text == f"{'x' * 32}\nx\n"


def test_without_paper_bytes_are_held_and_printed_later(emulator: PrinterEmulator) -> None:
    emulator.paper.run_out()
    with Client(emulator) as client:
        client.socket.sendall(b"A017\n" + FEED_AND_CUT)
        client.socket.sendall(b"\x10\x04\x04")
        assert client.socket.recv(1) == b"\x72"
        assert not emulator.slips
        emulator.paper.load()
        assert emulator.wait_for_slip(1, WAIT_S).text == "A017\n"


def test_what_was_half_printed_is_torn_off_with_the_old_roll(emulator: PrinterEmulator) -> None:
    emulator.paper.run_out(after_mm=3)
    with Client(emulator) as client:
        client.socket.sendall(b"A017\nrest\n" + FEED_AND_CUT)
        client.wait_for(4, 0x72)
        emulator.paper.load()
        assert emulator.wait_for_slip(1, WAIT_S).text == "rest\n"
    assert [scrap.text for scrap in emulator.scraps] == ["A017\n"]


def test_a_full_buffer_takes_no_more_until_there_is_paper(emulator: PrinterEmulator) -> None:
    emulator.paper.run_out()
    many = b"Zeile\n" * 1000
    with Client(emulator) as client:
        client.socket.sendall(many)
        client.socket.sendall(b"\x10\x04\x04")
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(WAIT_S)
        emulator.paper.load()
        client.send(FEED_AND_CUT)
    assert emulator.slips[0].text.count("Zeile") == 1000


def test_a_stuck_cutter_stops_the_printer_until_it_is_freed(emulator: PrinterEmulator) -> None:
    emulator.cutter.jam()
    with Client(emulator) as client:
        client.socket.sendall(b"A017\n" + FEED_AND_CUT + b"A018\n" + FEED_AND_CUT)
        client.wait_for(3, 0x1A)
        emulator.cutter.free()
        assert "A018" in emulator.wait_for_slip(1, WAIT_S).text


def test_leaving_a_strict_emulator_tells_what_was_not_understood() -> None:
    with pytest.raises(AssertionError, match="unknown command 1b 69"), PrinterEmulator() as strict:
        printed(strict, b"\x1bi")
    with PrinterEmulator(strict=False) as lenient:
        printed(lenient, b"\x1bi")


def test_an_emulator_can_be_closed_twice_and_leaves_its_port() -> None:
    with PrinterEmulator() as emulator:
        pass
    emulator.close()
    with PrinterEmulator(emulator.port) as again:
        assert again.port == emulator.port


def test_a_port_that_is_taken_is_an_error_at_once(emulator: PrinterEmulator) -> None:
    with pytest.raises(OSError, match="in use"), PrinterEmulator(emulator.port):
        pass


def test_waiting_for_a_slip_that_never_comes_ends(emulator: PrinterEmulator) -> None:
    with pytest.raises(TimeoutError, match="0 slips"):
        emulator.wait_for_slip(1, timeout_s=0.05)
