"""A letter as plain text: for who reads mail so, and for programs that read aloud."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from central.bookings.letter import Letter

_WIDTH = 72


def as_text(letter: Letter) -> str:
    """Set a letter."""
    return "\n\n".join(_paragraphs(letter)) + "\n"


def _paragraphs(letter: Letter) -> Iterator[str]:
    words = letter.words
    # No capitals: programs that read aloud would spell them.
    yield f"{letter.heading}\n{'=' * len(letter.heading)}"
    yield _wrapped(letter.lead)
    for label, lines in letter.facts:
        yield "\n".join([f"{label}:", *(_wrapped(line, "  ") for line in lines)])
    if letter.code is None:
        yield f"{_wrapped(words('cancelled.next'))}\n{letter.page}"
    else:
        yield f"{words('code.short')}: {letter.code.short}"
        steps = [_wrapped(step, f"{n}. ") for n, step in enumerate(letter.steps, start=1)]
        yield "\n".join([f"{words('steps.heading')}:", *steps])
        yield _wrapped(words("code.without"))
        yield f"{_wrapped(words('code.paper'))}\n{_wrapped(words('code.keep'))}"
    yield "\n".join([letter.ask, *letter.questions])
    yield f"{letter.office}\n{_wrapped(words('closing.privacy'))}"


def _wrapped(text: str, first: str = "") -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
