"""The `lobby-demo` command: a lobby at work, in quick motion, on this machine."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from appliance.config import ConfigError
from appliance.errors import LobbyError
from demo import sound
from demo.broker import BrokerError
from demo.play import Play, Plot
from demo.stage import RECEPTION, Setting, Stage
from demo.supervisor import NotReadyError
from demo.texts import demo_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from appliance.strings import Texts

SPEED = 60.0
MINUTES = 4.0
SPEED_BY_HAND, MINUTES_BY_HAND = 30.0, 20.0
"""For who takes a hand in it: slow enough to follow, long enough to try everything."""
FASTEST = 120.0
"""The machine does real work for each visitor; much faster it would not keep up."""
OUT = Path("demo-output")
MARK = ".made-by-lobby-demo"
BEGINS = datetime(2026, 3, 2, 7, 55, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Monday; the doors open when everything runs."""


class FolderError(Exception):
    """The folder for the results cannot be used; the sentence says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and give the exit code: 0 played, 1 could not be played, 2 wrong use."""
    asked = _parser().parse_args(arguments)
    # A window that is closed with its terminal, or a service that is stopped, ends like Ctrl-C.
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, _interrupt)
    try:
        _make_room(asked.folder)
        _play(asked)
    except (BrokerError, ConfigError, FolderError, LobbyError, NotReadyError) as error:
        print(f"lobby-demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def _play(asked: argparse.Namespace) -> None:
    texts = demo_texts(asked.language)
    by_hand = not asked.headless
    speed = asked.speed or (SPEED_BY_HAND if by_hand else SPEED)
    minutes = asked.minutes or (MINUTES_BY_HAND if by_hand else MINUTES)
    # Sockets want a short path.
    with tempfile.TemporaryDirectory(prefix="lobby-") as run:
        out = asked.folder.resolve()
        setting = Setting(
            out=out,
            run=Path(run),
            start=BEGINS,
            speed=speed,
            language=asked.language,
            window=by_hand,
            pages=True,
            more=sound.settings(out, Path(run)) if asked.sound else "",
        )
        with Stage(setting, lambda name: _say(texts("demo.died", name=name))) as stage:
            sound.make_clips(stage.settings)
            _say(texts("demo.title", speed=f"{speed:g}", folder=asked.folder))
            if stage.pages is not None:
                _say(texts("demo.pages", url=stage.pages.url, password=stage.password(RECEPTION)))
            _say(texts("demo.title_stop", minutes=f"{minutes:g}"))
            _say("")
            plot = Plot(minutes, asked.seed, bad_luck=not asked.calm)
            if by_hand:
                _play_by_hand(stage, plot, texts)
            else:
                Play(stage, plot, texts, _say).run()


def _play_by_hand(stage: Stage, plot: Plot, texts: Texts) -> None:
    """Play in a window, where somebody takes a hand in it."""
    from demo.hands import OWN_COUNTER, Hands  # noqa: PLC0415  (only where there is a window)
    from demo.window import DemoWindow  # noqa: PLC0415

    told: list[Callable[[str], None]] = [_say]

    def tell(line: str) -> None:
        for each in told:
            each(line)

    with Hands(stage, texts, tell) as hands, DemoWindow(stage, hands, texts) as window:
        told.append(window.tell)
        shared = replace(plot, but=frozenset({OWN_COUNTER}))
        Play(stage, shared, texts, tell, goes_on=window.turn, rests=lambda: hands.alone).run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lobby-demo", description="Plays a morning in a lobby, with real parts."
    )
    parser.add_argument("--minutes", type=_minutes, metavar="N", help="4; in the window 20")
    parser.add_argument("--speed", type=_speed, metavar="N", help="times: 60; in the window 30")
    parser.add_argument("--headless", action="store_true", help="board to pictures, no window")
    parser.add_argument("--sound", action="store_true", help="what is spoken to files; espeak-ng")
    parser.add_argument("--folder", type=Path, default=OUT, help="for slips, pictures and logs")
    parser.add_argument("--seed", type=int, default=1, help="another number, another morning")
    parser.add_argument("--calm", action="store_true", help="nothing goes wrong")
    german = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("de")
    parser.add_argument("--language", choices=("de", "en"), default="de" if german else "en")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        parser.set_defaults(headless=True)
    return parser


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 < minutes <= 24 * 60:
        raise ValueError(text)
    return minutes


def _speed(text: str) -> float:
    speed = float(text)
    if not 1 <= speed <= FASTEST:
        raise ValueError(text)
    return speed


def _make_room(folder: Path) -> None:
    """Make the folder empty, but never one that is somebody else's.

    Raises:
        FolderError: It holds things that are not ours.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if not (folder / MARK).exists():
                raise FolderError(
                    f"{folder} is not empty and not from a run before: choose another --folder"
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    except OSError as error:
        raise FolderError(f"{folder} cannot be used: {error.strerror}") from error


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
