"""Where a text is broken into lines: evenly, and between sentences where that goes.

Who reads slowly reads line by line: lines of one length, and each saying something by itself, are
easier than full ones.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Measure = Callable[[str], float]

BREAKS = re.compile(r"(?<!\d) ")
"""A figure keeps to the word after it, as in `10:45 Uhr`."""
SENTENCE_ENDS = re.compile(r"(?<=[.!?])(?<! \d\.)(?<! \d\d\.) ")
"""After a small figure a point makes an ordinal, as in `1. OG`."""
SLACKS = (1.06, 1.14, 1.24, 1.36, 1.5, 1.7, 2.0)
"""So much longer than the average a line may be; tried in this order."""


def rows(text: str, measure: Measure, width: float, most: int) -> list[str]:
    """Break `text` into no more rows than it needs, of about one length.

    Args:
        text: Words with single spaces between them.
        measure: Gives the width of a text.
        width: Room, in the same unit. A word that is wider has a row of its own.
        most: What does not fit on so many rows stands in the last one all the same.
    """
    words = BREAKS.split(text)
    whole = measure(text)
    if whole <= width:
        return [text]
    full = _filled(words, measure, width)
    if len(full) > most:
        return [*full[: most - 1], " ".join(full[most - 1 :])]
    count = max(2, len(full))
    for slack in SLACKS:
        even = _filled(words, measure, min(width, whole / count * slack))
        if len(even) <= count:
            return even
    return full


def sentences(text: str, measure: Measure, width: float, most: int) -> list[str]:
    """Break `text` into rows, a new one for each sentence that does not fit on the one before.

    Where that needs more than `most` rows, it is broken as by `rows`.
    """
    packed: list[str] = []
    for sentence in SENTENCE_ENDS.split(text):
        longer = f"{packed[-1]} {sentence}" if packed else sentence
        if packed and measure(longer) <= width:
            packed[-1] = longer
        else:
            packed.append(sentence)
    broken = list(itertools.chain(*(rows(each, measure, width, most) for each in packed)))
    return broken if len(broken) <= most else rows(text, measure, width, most)


def _filled(words: list[str], measure: Measure, width: float) -> list[str]:
    """Fill rows with words, one after the other."""
    filled = [words[0]]
    for word in words[1:]:
        longer = f"{filled[-1]} {word}"
        if measure(longer) <= width:
            filled[-1] = longer
        else:
            filled.append(word)
    return filled
