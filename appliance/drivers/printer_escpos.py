"""A slip as the bytes of ESC/POS, written by python-escpos.

Only its rendering is used: profiles, code pages, sizes, native QR, cut. Its connections are not:
they take silence for success. What we know of its habits (3.1): importing it costs a quarter of a
second and 25 MB, sets up logging, and leaves a temporary directory behind; native QR cannot be
centred by its own argument; Chinese is sent in bytes that fit no code page, Arabic unjoined and
backwards; pictures on a printer of unknown width are announced on standard output. Its order of
code pages picks ISO 8859-7 for a euro sign, which few printers have, so each slip starts in
Windows-1252, where a printer has that, and only pages that are the same everywhere are used. The
numbers of the pages differ by maker: that is what the profile is for.

Pictures are sent in bands, so that no command is long: a printer that was left in the middle of one
can be brought out of it. And a printer obeys real-time commands wherever it finds their bytes, even
among the dots of a picture: it would answer a question that nobody asked, empty its buffer, or
switch itself off. So no picture holds them.
"""

from __future__ import annotations

import os
import shutil
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final, assert_never

from appliance import paper
from appliance.errors import LobbyError

_PREFERRED_PAGE: Final = "CP1252"
# The pages that are used, by the library's name → the codec. Those with combining or right-to-left
# signs, and those that makers fill as they like, are not among them.
_CODECS: Final = {
    "CP1252": "cp1252",
    "CP858": "cp858",
    "CP850": "cp850",
    "CP437": "cp437",
    "CP852": "cp852",
    "CP1250": "cp1250",
    "ISO_8859-2": "iso8859_2",
    "CP857": "cp857",
    "CP1254": "cp1254",
    "ISO_8859-9": "iso8859_9",
    "ISO_8859-15": "iso8859_15",
    "CP866": "cp866",
    "CP1251": "cp1251",
    "CP1125": "cp1125",
}
_ASCII: Final = frozenset(map(chr, range(0x20, 0x7F)))
_RULE: Final = "─"
_QUIET_MODULES: Final = 4
"""White around a QR code, in modules: ISO/IEC 18004."""
_DOTS_PER_COLUMN: Final = 12
_QR_LEVEL_M: Final = 1
_TEAR_OFF_LINES: Final = 6
_SMOOTHED_SIZE: Final = 4
_BAND_BYTES: Final = 2048
_RASTER_HEADER_BYTES: Final = 8
# DLE EOT, DLE ENQ, DLE DC4 (Epson): done at once. One dot more makes the first byte another one.
_REAL_TIME: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
_THICKER: Final = b"\x18"

INITIALISE: Final = b"\x1b@"
LONGEST_COMMAND: Final = _BAND_BYTES + _RASTER_HEADER_BYTES
"""Bytes of the longest command that a slip contains. So many must fit in a printer's buffer."""


class ProfileError(LobbyError, LookupError):
    """No printer of this name is known, or it can print no slips."""


class EscposWriter:
    """Turns slips into bytes for one kind of printer.

    Args:
        profile: Name of the printer's kind in python-escpos, such as `TM-T20II`; `default` fits
            most printers with a cutter.
        columns: Characters on a line. None: what the profile says.

    The profile is looked up when it is first needed, so wherever that is, it may turn out that
    there is none: python-escpos reads the whole list of printers for it, a good part of a second.
    """

    def __init__(self, profile: str = "default", columns: int | None = None) -> None:
        self._name = profile
        self._columns = columns

    @property
    def columns(self) -> int:
        """Characters on a line.

        Raises:
            ProfileError: There is no such profile; the message names some that are spelled alike.
                Or it is one of the few that print no pictures.
        """
        return self.press.columns

    @cached_property
    def press(self) -> paper.Press:
        """What the printer can do by itself; errors as for `columns`."""
        described = self._described
        columns = self._columns or described.get_columns("a")
        dots = columns * _DOTS_PER_COLUMN
        most = described.profile_data["media"].get("width", {}).get("pixels")
        return paper.Press(
            columns, min(dots, most) if isinstance(most, int) else dots, self._signs.issuperset
        )

    @cached_property
    def _described(self) -> Any:  # noqa: ANN401  (python-escpos has no types)
        if self._name not in (known := _profiles()):
            near = get_close_matches(self._name, known, n=3) or ["default"]
            raise ProfileError(
                f"there is no printer profile '{self._name}'; did you mean {', '.join(near)}?"
            )
        described = _dummy(self._name).profile
        if not described.supports("bitImageRaster"):
            raise ProfileError(
                f"the printer '{self._name}' prints no pictures (GS v 0), which slips need;"
                " use another printer."
            )
        return described

    @cached_property
    def _pages(self) -> dict[str, int]:
        there = self._described.get_code_pages()
        return {page: there[page] for page in _CODECS if page in there}

    @cached_property
    def _signs(self) -> frozenset[str]:
        return _ASCII.union(*(_signs(_CODECS[page]) for page in self._pages))

    def write(self, slip: paper.Slip) -> bytes:
        """Give the slip's bytes, from the initialisation of the printer to the cut.

        Raises:
            ProfileError: See `columns`.
        """
        from escpos.magicencode import Encoder, MagicEncode  # noqa: PLC0415  (costly; see above)

        pages = self._pages
        printer = _dummy(self._name)
        printer.magic = MagicEncode(printer, encoder=Encoder(pages))
        printer.hw("INIT")
        if _PREFERRED_PAGE in pages:
            printer.charcode(_PREFERRED_PAGE)
            printer.charcode("AUTO")
        for element in slip:
            self._write(printer, element)
        output: bytes = printer.output
        return output

    def _write(self, printer: Any, element: paper.Element) -> None:  # noqa: ANN401  (the same)
        match element:
            case paper.Text():
                self._write_text(printer, element)
            case paper.Rule():
                rule = _RULE if _RULE in self._signs else "-"
                self._write_text(printer, paper.Text(rule * self.columns))
            case paper.Feed(lines):
                printer.print_and_feed(lines)
            case paper.Qr():
                self._write_qr(printer, element)
            case paper.Picture():
                _write_picture(printer, element)
            case paper.Cut():
                _cut(printer)
            case _:
                assert_never(element)

    def _write_text(self, printer: Any, text: paper.Text) -> None:  # noqa: ANN401  (the same)
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
        # Whoever set the slip has drawn what this printer lacks. What comes all the same is shown
        # to be missing; and a text cannot command the printer.
        lacking = {ord(sign): "?" for sign in set(text.text) - self._signs}
        printer.textln(text.text.translate(lacking))

    def _write_qr(self, printer: Any, code: paper.Qr) -> None:  # noqa: ANN401  (the same)
        symbol = _symbol(code.data)
        side = 17 + 4 * symbol.best_fit()
        dots = max(1, min(code.module_dots, self.press.dots // (side + 2 * _QUIET_MODULES)))
        if printer.profile.supports("qrCode"):
            printer.set(align="center")
            printer.qr(code.data, ec=_QR_LEVEL_M, size=dots, native=True)
        else:
            _write_picture(printer, _drawn(symbol, dots, self.press.dots, code.data))


def press(profile: str, columns: int) -> paper.Press:
    """Give what a kind of printer can do; arguments and errors as for `EscposWriter.columns`."""
    return EscposWriter(profile, columns).press


def _dummy(profile: str) -> Any:  # noqa: ANN401  (python-escpos has no types)
    from escpos.printer import Dummy  # noqa: PLC0415  (costly; see above)

    return Dummy(profile=profile)


def _signs(codec: str) -> frozenset[str]:
    """Give the characters of the upper half of a code page."""
    upper = bytes(range(0x80, 0x100)).decode(codec, "ignore")
    return frozenset(sign for sign in upper if sign.isprintable() or sign == "\u00a0")


def _symbol(data: str) -> Any:  # noqa: ANN401  (no types)
    # Costly, like python-escpos, which brings it; it has no types either.
    from qrcode import ERROR_CORRECT_M, QRCode  # noqa: PLC0415

    symbol = QRCode(border=0, error_correction=ERROR_CORRECT_M)
    symbol.add_data(data, optimize=0)
    return symbol


def _drawn(symbol: Any, module_dots: int, width: int, says: str) -> paper.Picture:  # noqa: ANN401  (no types)
    """Draw a QR code in the middle of the paper."""
    import numpy as np  # noqa: PLC0415  (costly; most printers draw it themselves)

    modules = np.array(symbol.get_matrix(), dtype=np.uint8)
    dots = np.kron(modules, np.ones((module_dots, module_dots), dtype=np.uint8))
    left = (width - dots.shape[1]) // 2
    rows = np.packbits(np.pad(dots, ((0, 0), (max(0, left), 0))), axis=1)
    return paper.Picture(rows.shape[1] * 8, rows.tobytes(), says)


def _write_picture(printer: Any, picture: paper.Picture) -> None:  # noqa: ANN401  (no types)
    printer.set(align="left")
    row_bytes = picture.width // 8
    band = max(1, _BAND_BYTES // row_bytes) * row_bytes
    rows = picture.rows
    for command in _REAL_TIME:
        rows = rows.replace(command, _THICKER + command[1:])
    for start in range(0, len(rows), band):
        # GS v 0; the library's own would print words on standard output, and dither.
        dots = rows[start : start + band]
        height = len(dots) // row_bytes
        header = b"\x1dv0\0" + row_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")
        printer._raw(header + dots)  # noqa: SLF001  (the library's one way to send bytes)


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
