"""What decoding costs and reads, beside the bare decoders.

    python -m bench.decode [--frames N] [--photos FOLDER] [--pictures FOLDER]

Costs are CPU time on one core, as a part of one zbar scan of the same frame, so that they hold on
another machine. Reads are of made frames (`bench.frames`), by grade and by single faults, and of
photos where there are any: pictures with a text file of the same name beside them, in UTF-8. Prints
a table in Markdown, and draws the pictures of docs/decoding.md. Gives 1 if a limit is passed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import zxingcpp
from pyzbar import pyzbar

from appliance.drivers.camera import Frame
from appliance.drivers.decode import TwoDecoders
from appliance.drivers.gate import Gate
from appliance.drivers.pictures import PictureError, read_luma
from bench.decode_pictures import draw
from bench.faults import FAULTS, SEED, made
from bench.frames import GRADES, HEIGHT, WIDTH, draw_conditions, frame, hall
from bench.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from appliance.drivers.camera import Luma

    Reader = Callable[[Luma], frozenset[str]]

PACE: Final = 10.0
EMPTY_LIMIT: Final = 0.45
REST_LIMIT: Final = 0.10
READS_LIMIT: Final = 1.18
PLAIN: Final = ("easy", "middle")


def zbar_alone(luma: Luma) -> frozenset[str]:
    """Scan the full frame once, for QR codes only: the unit of all costs here."""
    found = pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return frozenset(code.data.decode("utf-8", "replace") for code in found)


def zxing_alone(luma: Luma) -> frozenset[str]:
    """Look at the full frame once, for QR codes only, all else as the library has it."""
    found = zxingcpp.read_barcodes(luma, formats=zxingcpp.barcode_formats_from_str("QRCodeModel2"))
    return frozenset(code.text for code in found)


def ours(luma: Luma) -> frozenset[str]:
    """Look as the scanner does."""
    return TwoDecoders().look(luma).texts


READERS: Final[dict[str, Reader]] = {
    "zbar alone": zbar_alone,
    "zxing-cpp alone": zxing_alone,
    "ours": ours,
}


@dataclass(slots=True)
class Tally:
    """What came of frames of one name.

    Attributes:
        frames: How many there were.
        read: By reader, how many were read.
        cpu_s: By reader, what that took.
        wrong: Texts that were not what the code says, by whichever reader.
    """

    frames: int = 0
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(READERS, 0))
    cpu_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(READERS, 0.0))
    wrong: int = 0

    def share(self, reader: str) -> float:
        """Give the per cent that a reader read."""
        return 100 * self.read[reader] / max(self.frames, 1)

    def ms(self, reader: str) -> float:
        """Give a reader's mean time for a frame."""
        return 1000 * self.cpu_s[reader] / max(self.frames, 1)


def tally(pictures: Iterable[tuple[str, Luma]]) -> Tally:
    """Show pictures to all readers, with what they say."""
    came = Tally()
    for text, luma in pictures:
        came.frames += 1
        for name, reader in READERS.items():
            began_s = time.process_time()
            texts = {found.strip() for found in reader(luma)}
            came.cpu_s[name] += time.process_time() - began_s
            came.read[name] += text.strip() in texts
            came.wrong += len(texts - {text.strip()})
    return came


def tally_of(name: str, frames: int) -> Tally:
    """Make so many frames of a name, and show them to all readers."""
    return tally(made(name, number) for number in range(frames))


def empties(frames: int) -> Iterator[tuple[str, list[Luma]]]:
    """Give frames without a code, by what is in them."""
    rng = np.random.default_rng(SEED)
    yield "one grey", [np.full((HEIGHT, WIDTH), grey, np.uint8) for grey in (0, 96, 255)]
    yield (
        "grey, grainy",
        [
            rng.normal(96, noise, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8)
            for noise in (1, 3, 6, 12)
        ],
    )
    yield "noise alone", [rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8) for _ in range(3)]
    yield (
        "hall",
        [hall(rng, room=rng.uniform(0.05, 0.6), noise=rng.uniform(1, 9)) for _ in range(frames)],
    )
    yield (
        "letter without a code",
        [
            frame(None, replace(draw_conditions("middle", rng), phone=False), rng)
            for _ in range(frames)
        ],
    )


def cpu_ms(reader: Reader, frames: list[Luma]) -> float:
    """Give the mean over the frames of the best of three, in ms."""
    best = []
    for luma in frames:
        times = []
        for _ in range(3):
            began_s = time.process_time()
            reader(luma)
            times.append(time.process_time() - began_s)
        best.append(min(times))
    return 1000 * sum(best) / len(best)


def at_rest_ms(seconds: int) -> float:
    """Give the mean CPU time a frame of a hall at rest, gate and decoding together."""
    grains = [hall(np.random.default_rng(SEED), grain=grain) for grain in range(10)]
    gate = Gate()
    began_s = 0.0
    for number in range(round((2 + seconds) * PACE)):
        if number == round(2 * PACE):  # by then it knows the empty hall
            began_s = time.process_time()
        luma = grains[number % len(grains)]
        if gate.worth_decoding(Frame(luma, number / PACE)):
            gate.found(code=bool(ours(luma)))
    return 1000 * (time.process_time() - began_s) / (seconds * PACE)


def print_costs(frames: int, limits: Limits) -> None:
    """Print what frames without a code cost, as parts of a zbar scan of them."""
    for name, lumas in empties(frames):
        unit_ms = cpu_ms(zbar_alone, lumas)
        print(f"{f'{name}: one zbar scan':44}{unit_ms:10.2f} ms")
        limits.most("  zxing-cpp alone", cpu_ms(zxing_alone, lumas) / unit_ms, None, "x")
        limits.most("  ours", cpu_ms(ours, lumas) / unit_ms, EMPTY_LIMIT, "x")
    unit_ms = cpu_ms(zbar_alone, [hall(np.random.default_rng(SEED))])
    limits.most("hall at rest, with the gate", at_rest_ms(20) / unit_ms, REST_LIMIT, "x")


def print_reads(tallies: dict[str, Tally]) -> None:
    """Print the share that each reader reads and its time for a frame, in Markdown."""
    print(f"\n| frames | {' | '.join(READERS)} | wrong texts |")
    print("| --- " * (len(READERS) + 2) + "|")
    for name, came in tallies.items():
        cells = [f"{came.share(each):.0f} %, {came.ms(each):.0f} ms" for each in READERS]
        print(f"| {name} ({came.frames}) | {' | '.join(cells)} | {came.wrong} |")
    print()


def photos(folder: Path) -> Iterator[tuple[str, Luma]]:
    """Give the photos in the folder and below that have an ASCII text beside them, each once."""
    seen = set()
    for path in sorted(folder.rglob("*.*")):
        note = path.with_suffix(".txt")
        if path == note or not note.exists():
            continue
        try:
            luma, text = read_luma(path), note.read_bytes().decode("utf-8", "replace")
        except PictureError:
            continue
        if text.isascii() and luma.tobytes() not in seen:
            seen.add(luma.tobytes())
            yield text, luma


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.decode", description=__doc__)
    parser.add_argument("--frames", type=int, default=40, help="of each kind (default 40)")
    parser.add_argument("--photos", type=Path, help="a folder of photos with texts beside them")
    parser.add_argument("--pictures", type=Path, help="where to draw, such as docs/pictures")
    options = parser.parse_args()
    limits = Limits()
    print_costs(min(options.frames, 20), limits)
    names = [*GRADES, *FAULTS]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        tallies = dict(zip(names, pool.map(tally_of, names, repeat(options.frames)), strict=True))
    if options.photos:
        tallies["photographs"] = tally(photos(options.photos))
    print_reads(tallies)
    reads: dict[str, int] = defaultdict(int)
    for name in PLAIN:
        for reader in READERS:
            reads[reader] += tallies[name].read[reader]
    limits.least("reads, easy and middle", reads["ours"] / reads["zbar alone"], READS_LIMIT, "x")
    limits.most("wrong texts", sum(came.wrong for came in tallies.values()), 0, "")
    if options.pictures:
        shares = {name: [tallies[name].share(each) for each in READERS] for name in names}
        times = {name: [tallies[name].ms(each) for each in READERS] for name in names}
        draw(options.pictures, list(READERS), shares, times)
    return limits.exit_code


if __name__ == "__main__":
    sys.exit(main())
