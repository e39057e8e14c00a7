"""The printer emulator on its own: each slip becomes a PNG and a text file in a folder."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from demo.emulator.glyphs import NoFontError
from demo.emulator.server import PAPER_58_MM, PAPER_80_MM, PrinterEmulator

if TYPE_CHECKING:
    from demo.emulator.tape import Slip

_POLL_S = 0.2


def main() -> int:
    """Run until SIGINT or SIGTERM. Gives the exit code: 1 if it could not start."""
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        with PrinterEmulator(
            options.port, node=options.node, width=options.width, strict=False
        ) as printer:
            where = options.node or f"{printer.host}:{printer.port}"
            _say(f"printer on {where}, slips go to {options.folder}")
            _collect(printer, options.folder, stop)
    except (OSError, NoFontError) as error:
        sys.stderr.write(f"the printer emulator cannot run: {error}\n")
        return 1
    return 0


def save(slip: Slip, folder: Path) -> Path:
    """Write a slip as `slip-0001.png` and `slip-0001.txt`, each whole or not at all.

    Returns:
        The picture's path; it is written last.

    Raises:
        OSError: The folder cannot be written to.
    """
    picture = folder / f"slip-{slip.number:04}.png"
    said = "".join(f"[QR code: {code}]\n" for code in slip.codes)
    for path, content in (
        (picture.with_suffix(".txt"), f"{slip.text}{said}".encode()),
        (picture, slip.png),
    ):
        unfinished = path.with_name(f".{path.name}")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return picture


def _collect(printer: PrinterEmulator, folder: Path, stop: threading.Event) -> None:
    saved = faults = 0
    while not stop.is_set():
        try:
            slip = printer.wait_for_slip(saved + 1, _POLL_S)
        except TimeoutError:
            continue
        saved += 1
        _say(f"slip {saved}: {save(slip, folder)}")
        for fault in printer.faults[faults:]:
            _say(f"not understood: {fault}")
        faults = len(printer.faults)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=9100, help="TCP port; 0 takes any free one")
    parser.add_argument("--node", type=Path, help="be a device node of this name instead")
    parser.add_argument("--folder", type=Path, required=True, help="where slips are written to")
    parser.add_argument(
        "--width",
        type=int,
        choices=(PAPER_58_MM, PAPER_80_MM),
        default=PAPER_80_MM,
        help="dots in a line (default: %(default)s, 80 mm paper)",
    )
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
