"""The emulator on its own, as the demo starts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from appliance.drivers.printer_network import NetworkPrinter
from appliance.drivers.printer_usb import UsbPrinter
from appliance.paper import Cut, Feed, Qr, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from demo.emulator import PrinterEmulator

URL = "https://warten.example.org/n/7Hk29sQe3LmTzR4w"
END_S = 15


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "demo.emulator", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as p:
        try:
            yield p
        finally:
            p.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_each_slip_becomes_a_picture_and_a_text(tmp_path: Path) -> None:
    with program("--port", "0", "--folder", str(tmp_path / "slips")) as process:
        port = re.search(r"127\.0\.0\.1:(\d+)", line(process))
        assert port
        printer = NetworkPrinter("127.0.0.1", int(port[1]), profile="TM-T20II")
        printer.print_slip((Text("A017", size=8), Feed(), Qr(URL), Feed(), Cut()))
        assert "slip-0001.png" in line(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(END_S) == 0
    assert sorted(p.name for p in (tmp_path / "slips").iterdir()) == [
        "slip-0001.png",
        "slip-0001.txt",
    ]
    assert (tmp_path / "slips" / "slip-0001.txt").read_text("utf-8") == f"A017\n[QR code: {URL}]\n"
    with Image.open(tmp_path / "slips" / "slip-0001.png") as picture:
        assert zxingcpp.read_barcodes(picture.convert("L"))[0].text == URL


def test_it_can_be_a_node_instead_of_a_port(tmp_path: Path) -> None:
    node = tmp_path / "lp0"
    with program("--node", str(node), "--folder", str(tmp_path / "slips")) as process:
        assert f"printer on {node}" in line(process)
        UsbPrinter(node, profile="TM-T20II").print_slip((Text("A017"), Cut()))
        assert "slip-0001.png" in line(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(END_S) == 0
    assert not node.is_symlink()


def test_a_port_in_use_is_one_sentence_and_exit_code_1(
    emulator: PrinterEmulator, tmp_path: Path
) -> None:
    with program("--port", str(emulator.port), "--folder", str(tmp_path)) as process:
        _, said = process.communicate(timeout=END_S)
        assert process.returncode == 1
    assert said.count("\n") == 1
    assert "in use" in said
