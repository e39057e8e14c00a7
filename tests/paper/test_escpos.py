"""Slips as bytes: what the printer is told, seen on paper or in the bytes themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_network import NetworkPrinter
from appliance.paper import Align, Cut, Feed, Qr, Rule, Text

if TYPE_CHECKING:
    from pathlib import Path

    from demo.emulator import PrinterEmulator

URL = "https://warten.example.org/n/7Hk29sQe3LmTzR4w"


@pytest.mark.parametrize(
    "text",
    [
        "Ärger über große Öfen – „5 €“ · weiß",
        "Merhaba, hoş geldiniz: İı Ğğ Şş",
        "Zażółć gęślą jaźń",
        "Ласкаво просимо",
        "Добро пожаловать",
    ],
)
def test_text_in_every_script_of_the_code_pages_arrives(
    text: str, emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    printer.print_slip((Text(text), Cut()))
    assert emulator.slips[0].text == f"{text}\n"


def test_what_no_code_page_holds_is_a_question_mark_and_harms_nothing_else(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    printer.print_slip((Text("日本 ok"), Text("danach"), Cut()))
    assert emulator.slips[0].text == "?? ok\ndanach\n"


def test_a_text_cannot_command_the_printer(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    printer.print_slip((Text("A\x1bi\x1dV\x00\nB"), Cut()))
    assert emulator.slips[0].text == "A?i?V??B\n"
    assert len(emulator.slips) == 1


def test_sizes_alignments_and_rules_stand_where_they_should(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    printer.print_slip(
        (
            Text("links"),
            Text("rechts", align=Align.RIGHT),
            Rule(),
            Text("A017", size=8, align=Align.CENTER),
            Feed(2),
            Text("unten"),
            Cut(),
        )
    )
    assert emulator.slips[0].text.splitlines() == [
        "links",
        f"{'rechts':>48}",
        "─" * 48,
        f"{'A017':^48}".rstrip(),
        "",
        "",
        "unten",
    ]


@pytest.mark.parametrize("profile", ["TM-T20II", "default", "simple", "TUP500"])
def test_the_qr_code_can_be_scanned_whether_the_printer_draws_it_or_we_do(
    profile: str, emulator: PrinterEmulator
) -> None:
    printer = NetworkPrinter(emulator.host, emulator.port, profile=profile)
    printer.print_slip((Text("vor"), Feed(), Qr(URL), Feed(), Text("nach"), Feed(8), Cut()))
    # A printer without a cutter is torn off by hand, here with the help of one that has one.
    NetworkPrinter(emulator.host, emulator.port).print_slip((Cut(),))
    found = zxingcpp.read_barcodes(emulator.slips[0].image)
    assert [code.text for code in found] == [URL]


def test_each_slip_begins_afresh_whatever_the_last_one_set(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    printer.print_slip((Text("Привет", size=4, invert=True, align=Align.RIGHT), Cut()))
    printer.print_slip((Text("ä"), Cut()))
    assert emulator.slips[1].text == "ä\n"


def test_columns_come_from_the_profile_unless_they_are_given() -> None:
    assert EscposWriter("TM-T20II").columns == 48
    assert EscposWriter("default").columns == 42
    assert EscposWriter("default", columns=32).columns == 32


def test_only_epson_is_asked_to_smooth() -> None:
    slip = (Text("A017", size=8), Cut())
    assert b"\x1db\x01" in EscposWriter("TM-T20II").write(slip)
    assert b"\x1db" not in EscposWriter("default").write(slip)


def test_the_library_leaves_no_folder_behind(tmp_path: Path) -> None:
    script = "from appliance.drivers.printer_escpos import EscposWriter; EscposWriter()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=30)
    assert list(tmp_path.iterdir()) == []


def test_the_picture_of_a_slip_has_its_real_size(
    emulator: PrinterEmulator, printer: NetworkPrinter, tmp_path: Path
) -> None:
    printer.print_slip((Text("A017"), Cut()))
    path = tmp_path / "slip.png"
    path.write_bytes(emulator.slips[0].png)
    with Image.open(path) as picture:
        width_mm = picture.width / picture.info["dpi"][0] * 25.4
    assert width_mm == pytest.approx(80, abs=0.1)
