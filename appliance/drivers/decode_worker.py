"""The child of `decode_files`: reads a question a line, answers with a line, and may die of it.

Not for people; run `lobby decode`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from appliance.drivers.deadline import leave_no_core
from appliance.drivers.pictures import PictureError, read_luma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.drivers.decode import Decoder


def answer(questions: Iterable[str], out: TextIO, decoder: Decoder) -> None:
    """Answer each `{"file", "max_side"}` with `{"texts", "ms"}` or `{"texts", "error"}`."""
    for question in questions:
        _write(_look(json.loads(question), decoder), out)


def _look(question: dict[str, Any], decoder: Decoder) -> dict[str, Any]:
    try:
        luma = read_luma(Path(question["file"]), max_side=question["max_side"])
    except PictureError as error:
        return {"texts": [], "error": error.reason}
    began_s = time.process_time()
    texts = decoder.look(luma).texts
    ms = (time.process_time() - began_s) * 1000
    return {"texts": sorted(text for text in texts if text.isascii()), "ms": round(ms, 3)}


def _write(line: dict[str, Any], out: TextIO) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def main() -> None:
    """Answer until standard input ends."""
    leave_no_core()  # a crash is reported, not kept
    try:
        from appliance.drivers.decode import TwoDecoders  # noqa: PLC0415  (to say what is missing)
    except ImportError as error:
        for _ in sys.stdin:
            _write({"texts": [], "error": f"{error}: apt install libzbar0"}, sys.stdout)
        return
    decoder = TwoDecoders()
    # The first frame pays for memory and tables, more than for itself.
    decoder.look(
        np.random.default_rng(0).integers(0, 256, (90, 160), np.uint8).repeat(8, 0).repeat(8, 1)
    )
    answer(sys.stdin, sys.stdout, decoder)


if __name__ == "__main__":
    main()
