"""A slip as the bytes of ESC/POS, written by python-escpos.

Only its rendering is used: code pages, sizes, QR, cut. Its connections are not: they take silence
for success. What we know of its habits (3.1): importing it costs a quarter of a second and 25 MB,
sets up logging, and leaves a temporary directory behind; native QR cannot be centred by its own
argument; its order of code pages picks ISO 8859-7 for a euro sign, which few printers have, so each
slip starts in Windows-1252, where a printer has that.

Not there yet, and in need of a raster: Arabic, whose letters come out unjoined and in the wrong
order, and scripts that no code page of the printer holds, which come out as "?".
"""

from __future__ import annotations

import os
import shutil
from difflib import get_close_matches
from typing import Any, assert_never

from appliance import paper

_PREFERRED_PAGE = "CP1252"
_QR_LEVEL_M = 1
_TEAR_OFF_LINES = 6
_SMOOTHED_SIZE = 4


class EscposWriter:
    """Turns slips into bytes for one kind of printer.

    Args:
        profile: Name of the printer's kind in python-escpos, such as `TM-T20II`; `default` fits
            most printers with a cutter.
        columns: Characters on a line. None: what the profile says.

    Attributes:
        columns: Characters on a line.

    Raises:
        LookupError: There is no such profile; the message names some that are spelled alike.
    """

    def __init__(self, profile: str = "default", columns: int | None = None) -> None:
        self._profile = profile
        if profile not in (known := _profiles()):
            near = get_close_matches(profile, known, n=3) or ["default"]
            raise LookupError(f"no printer profile '{profile}'; did you mean {', '.join(near)}?")
        self.columns: int = columns or self._printer().profile.get_columns("a")

    def write(self, slip: paper.Slip) -> bytes:
        """Give the slip's bytes, from the initialisation of the printer to the cut."""
        printer = self._printer()
        printer.hw("INIT")
        if _PREFERRED_PAGE in printer.profile.get_code_pages():
            printer.charcode(_PREFERRED_PAGE)
            printer.charcode("AUTO")
        for element in slip:
            self._write(printer, element)
        output: bytes = printer.output
        return output

    def _printer(self) -> Any:  # noqa: ANN401  (python-escpos has no types)
        from escpos.printer import Dummy  # noqa: PLC0415  (costly; see the module)

        return Dummy(profile=self._profile)

    def _write(self, printer: Any, element: paper.Element) -> None:  # noqa: ANN401  (the same)
        match element:
            case paper.Text():
                _write_text(printer, element)
            case paper.Rule():
                _write_text(printer, paper.Text("─" * self.columns))
            case paper.Feed(lines):
                printer.print_and_feed(lines)
            case paper.Qr(data, module_dots):
                printer.set(align="center")
                native = bool(printer.profile.supports("qrCode"))
                printer.qr(data, ec=_QR_LEVEL_M, size=module_dots, native=native)
            case paper.Cut():
                _cut(printer)
            case _:
                assert_never(element)


def _write_text(printer: Any, text: paper.Text) -> None:  # noqa: ANN401  (no types)
    if text.size >= _SMOOTHED_SIZE and printer.profile.vendor == "Epson":
        # GS b rounds the steps of large characters; other makers may print it as a letter.
        printer.set(smooth=True)
    printer.set(
        align=text.align.value,
        bold=text.bold,
        invert=text.invert,
        custom_size=True,
        width=text.size,
        height=text.size,
    )
    strange = {ord(sign): "?" for sign in set(text.text) if not _can_set(printer, sign)}
    printer.textln(text.text.translate(strange))


def _can_set(printer: Any, sign: str) -> bool:  # noqa: ANN401  (no types)
    """Tell whether the printer has this sign, and would not take it for a command.

    Left alone, the library sends Chinese as bytes that fit no code page.
    """
    if sign.isascii():
        return sign.isprintable()
    return bool(printer.magic.encoder.find_suitable_encoding(sign))


def _cut(printer: Any) -> None:  # noqa: ANN401  (no types)
    if printer.profile.supports("paperPartCut") or printer.profile.supports("paperFullCut"):
        # GS V 66: the printer itself knows how far its cutter is from its head.
        printer.cut(feed=False)
    else:
        printer.print_and_feed(_TEAR_OFF_LINES)


def _profiles() -> list[str]:
    from escpos import capabilities  # noqa: PLC0415  (costly; see the module)

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        # Read once at import, and left behind at every start.
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return sorted(capabilities.CAPABILITIES["profiles"])
