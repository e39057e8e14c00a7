"""The folder of slides, watched in a thread of its own: the board's loop never waits for a file.

Read anew when something in it has changed. What cannot be shown is said once, in the log, and again
when it is something else; a list that is broken leaves the last good one in place.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Self

from appliance.display.board_view import Hung
from appliance.display.slides import FILE, Show, SlidesError, read_pictures, read_slides

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""So soon a change is seen."""
END_S: Final = 10.0
CURRENT: Final = "current"
"""Where `lobby slides fetch` puts a set that it has whole."""

Stamp = tuple[tuple[str, int, int], ...]


class SlideFolder:
    """Hands on the slides of a folder, at once and after each change. Leaving the block stops it.

    Args:
        folder: With `slides.toml`, or with a set that was fetched.
        room: What there is for a picture, in pixels: width, height.
        between_s: So long the waits stand between two slides.
        hand_on: Takes the slides, from this thread.
        look_s: So often it is looked.
    """

    def __init__(
        self,
        folder: Path,
        room: tuple[int, int],
        between_s: float,
        hand_on: Callable[[Hung], None],
        look_s: float = LOOK_S,
    ) -> None:
        self._folder = folder
        self._room = room
        self._between_s = between_s
        self._hand_on = hand_on
        self._look_s = look_s
        self._stamp: Stamp | None = None
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slides", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop looking; twice is fine."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(END_S)

    def look(self) -> None:
        """Read the slides if they have changed since the last time."""
        folder = self._folder / CURRENT
        folder = folder if folder.is_dir() else self._folder
        stamp = _stamp(folder)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            source = (folder / FILE).read_bytes() if (folder / FILE).exists() else b""
            slides = read_slides(source)
        except (OSError, SlidesError) as error:
            log.warning("the slides stay as they were: %s", error)
            return
        pictures, problems = read_pictures(folder, slides, self._room)
        for problem in problems:
            log.warning("a slide is left out: %s", problem)
        shown = tuple(
            slide for slide in slides if not slide.view.picture or slide.view.picture in pictures
        )
        self._hand_on(Hung(Show(shown, self._between_s), pictures))
        self._said = ""

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  (an extra: whatever it is, the calls go on)
                self._say_once(error)
            self._stop.wait(self._look_s)

    def _say_once(self, error: Exception) -> None:
        """Say what nobody has thought of: at each look it would fill the log."""
        why = f"{type(error).__name__}: {error}"
        if why != self._said:
            log.warning("the slides in %s stay as they were: %s", self._folder, why)
        self._said = why


def _stamp(folder: Path) -> Stamp:
    """Give what changes whenever something in the folder does."""
    try:
        found = [(each.name, each.stat()) for each in sorted(folder.iterdir())[:200]]
    except OSError:
        return ()
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)
