"""What may be asked of `lobby sound`. Every verb of the command imports this: it is light."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_verbs(
    sound: argparse.ArgumentParser, config: Path, do: Callable[[argparse.Namespace], int]
) -> None:
    """Add the verbs of `sound`.

    Args:
        sound: Its parser.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    verbs = sound.add_subparsers(metavar="VERB", dest="sound_verb", required=True)
    render = verbs.add_parser("render", help="make the clips, from recordings and with espeak-ng")
    clips = verbs.add_parser("clips", help="list what may be recorded, and the words to it")
    say = verbs.add_parser("say", help="speak a call, as the board does")
    say.add_argument("number", metavar="NUMBER", help="such as A017")
    say.add_argument("counter", metavar="COUNTER", help="such as 3")
    say.add_argument("--out", type=Path, metavar="FILE", help="to a WAV file, and not aloud")
    for verb in (render, clips, say):
        verb.add_argument("--config", type=Path, default=config, metavar="FILE")
        verb.set_defaults(verb=do)
