"""The board's voice: an announcement put together from the clips on the card.

A clip that is missing, such as that of a counter that is new, takes its language away, and never
the gong: people look up, and the board shows where to go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.board.announcing import Composed
from appliance.board.spoken import GONG
from appliance.drivers.sound_clips import ClipError, clip, in_turn, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appliance.board.announcing import Announcement, Call
    from appliance.board.spoken import Script


class Voice:
    """Says calls in the languages of the board.

    Args:
        folder: The clips, as `lobby sound render` made them.
        scripts: What is said in each language, the main one first.
    """

    def __init__(self, folder: Path, scripts: Sequence[Script]) -> None:
        self._folder = folder
        self._scripts = scripts

    @property
    def languages(self) -> int:
        """In how many languages everything is spoken."""
        return len(self._scripts)

    def compose(self, announcement: Announcement) -> Composed:
        """Put an announcement together, in a few milliseconds; of what there is."""
        pieces, missing = [], ""
        try:
            pieces += [] if announcement.begins else [clip(self._folder / f"{GONG}.wav")]
        except ClipError as error:
            missing = str(error)
        for script in self._scripts[announcement.begins : announcement.ends]:
            try:
                pieces += self._spoken(script, announcement.call)
            except ClipError as error:
                missing = missing or str(error)
        return Composed(in_turn(pieces), missing)

    def _spoken(self, script: Script, call: Call) -> list[bytes]:
        names = script.call(call.ticket, call.counter) if call.id else script.remember(call.ticket)
        return [joined(self._folder / script.language, names)] if names else []
