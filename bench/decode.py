"""What decoding costs and reads, beside the bare decoders.

    python -m bench.decode [--frames N] [--photos FOLDER]

Costs are CPU time on one core, as a part of one zbar scan of the same frame, so that they hold on
another machine. Reads are of made frames (`bench.frames`), by grade and by single faults, and of
photos where there are any: pictures with a text file of the same name beside them, in UTF-8.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import zxingcpp
from pyzbar import pyzbar

from appliance.drivers.camera import Frame
from appliance.drivers.decode import TwoDecoders
from appliance.drivers.gate import Gate
from appliance.drivers.pictures import PictureError, read_luma
from bench.frames import GRADES, HEIGHT, WIDTH, code_text, draw_conditions, frame, hall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appliance.drivers.camera import Luma
    from bench.frames import Conditions

    Reader = Callable[[Luma], frozenset[str]]
    Fault = Callable[[Conditions, np.random.Generator], Conditions]

SEED: Final = 20_161_205
PACE: Final = 10.0
EMPTY_LIMIT: Final = 0.45
REST_LIMIT: Final = 0.10


def zbar_alone(luma: Luma) -> frozenset[str]:
    """Scan the full frame once, for QR codes only: the unit of all costs here."""
    found = pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return frozenset(code.data.decode("utf-8", "replace") for code in found)


def zxing_alone(luma: Luma) -> frozenset[str]:
    """Look at the full frame once, for QR codes only, all else as the library has it."""
    found = zxingcpp.read_barcodes(luma, formats=zxingcpp.barcode_formats_from_str("QRCodeModel2"))
    return frozenset(code.text for code in found)


READERS: Final[dict[str, Reader]] = {
    "zbar alone": zbar_alone,
    "zxing-cpp alone": zxing_alone,
    "ours": TwoDecoders().texts,
}

FAULTS: Final[dict[str, Fault]] = {
    "dim": lambda c, rng: replace(
        c, brightness=rng.uniform(0.03, 0.2), room=rng.uniform(0.02, 0.1)
    ),
    "small": lambda c, rng: replace(c, module_px=rng.uniform(2.0, 3.2)),
    "out of focus": lambda c, rng: replace(c, defocus_px=rng.uniform(0.6, 1.0) * c.module_px),
    "moved": lambda c, rng: replace(c, motion_px=rng.uniform(1.4, 2.4) * c.module_px),
    "grainy": lambda c, rng: replace(c, noise=rng.uniform(15, 45)),
    "glare": lambda c, rng: replace(c, glare=rng.uniform(0.8, 2.0)),
    "faint": lambda c, rng: replace(c, contrast=rng.uniform(0.05, 0.3)),
    "banded": lambda c, rng: replace(c, phone=True, curl=0, bands=rng.uniform(0.5, 0.95)),
    "moiré": lambda c, rng: replace(c, phone=True, curl=0, moire=rng.uniform(0.3, 0.8)),
    "curled": lambda c, rng: replace(c, phone=False, inverted=False, curl=rng.uniform(0.3, 0.9)),
    "tilted": lambda c, rng: replace(c, tilt_deg=rng.uniform(45, 65)),
    "inverted": lambda c, _: replace(c, phone=True, curl=0, inverted=True),
    "covered": lambda c, rng: replace(c, covered=rng.uniform(0.1, 0.25)),
}
"""Each is an easy frame with one thing wrong."""


def made(name: str, number: int) -> tuple[str, Luma]:
    """Make the frame of this number, of a grade or with a fault; give its text, too."""
    rng = np.random.default_rng([SEED, [*GRADES, *FAULTS].index(name), number])
    conditions = draw_conditions(name if name in GRADES else "easy", rng)
    if name in FAULTS:
        conditions = FAULTS[name](conditions, rng)
    text = code_text(rng)
    return text, frame(text, conditions, rng)


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
    gate, reader = Gate(), TwoDecoders().texts
    began_s = 0.0
    for number in range(round((2 + seconds) * PACE)):
        if number == round(2 * PACE):  # by then it knows the empty hall
            began_s = time.process_time()
        luma = grains[number % len(grains)]
        if gate.worth_decoding(Frame(luma, number / PACE)):
            gate.found(code=bool(reader(luma)))
    return 1000 * (time.process_time() - began_s) / (seconds * PACE)


def print_costs(frames: int) -> None:
    """Print what frames without a code cost."""
    print(f"{'720p frame without a code':28}{'zbar scan':>12}{'zxing-cpp':>12}{'ours':>8}")
    unit_ms = 0.0
    for name, lumas in empties(frames):
        unit_ms = cpu_ms(zbar_alone, lumas)
        ratios = [cpu_ms(reader, lumas) / unit_ms for reader in (zxing_alone, TwoDecoders().texts)]
        print(f"{name:28}{unit_ms:>9.1f} ms{ratios[0]:>12.2f}{ratios[1]:>8.2f}")
    unit_ms = cpu_ms(zbar_alone, [hall(np.random.default_rng(SEED))])
    print(f"{'hall at rest, with the gate':28}{unit_ms:>9.1f} ms{at_rest_ms(20) / unit_ms:>20.2f}")
    print(f"limits: {EMPTY_LIMIT} a frame, {REST_LIMIT} at rest\n")


def print_reads(title: str, pictures: Iterator[tuple[str, Luma]]) -> None:
    """Print the share that each reader reads, and how many texts were not what the code says."""
    count, wrong = 0, 0
    read = dict.fromkeys(READERS, 0)
    for text, luma in pictures:
        count += 1
        for name, reader in READERS.items():
            texts = {found.strip() for found in reader(luma)}
            read[name] += text.strip() in texts
            wrong += len(texts - {text.strip()})
    shares = "".join(f"{100 * hits / max(count, 1):>15.1f} %" for hits in read.values())
    print(f"{title:14}{count:>6}{shares}{wrong:>8}")


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


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.decode", description=__doc__)
    parser.add_argument("--frames", type=int, default=40, help="of each kind (default 40)")
    parser.add_argument("--photos", type=Path, help="a folder of photos with texts beside them")
    options = parser.parse_args()
    print_costs(min(options.frames, 20))
    print(f"{'read':14}{'frames':>6}" + "".join(f"{name:>17}" for name in READERS) + "   wrong")
    for name in (*GRADES, *FAULTS):
        print_reads(name, (made(name, number) for number in range(options.frames)))
    if options.photos:
        print_reads("photos", photos(options.photos))


if __name__ == "__main__":
    main()
