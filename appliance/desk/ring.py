"""The ring of light at rest: ready while codes can be read, amber while they cannot.

Somebody who holds a code before a scanner that is gone would stand there for minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.drivers.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from appliance.desk.parts import Wrong
    from appliance.line.line import Line


class Ring:
    """Part of the desk; all calls come from its loop.

    Args:
        scanner: Gives a word for how the scanner is: `ok`, or what is wrong with it; None: not
            known. Staff are told of it elsewhere.
        rest: Has the ring say something at rest.
    """

    def __init__(self, scanner: Callable[[], str | None], rest: Callable[[Light], None]) -> None:
        self._scanner = scanner
        self._rest = rest

    def look(self, _line: Line, _now: datetime) -> Sequence[Wrong]:
        """Have the ring say whether codes can be read, as far as is known."""
        word = self._scanner()
        if word is not None:
            self._rest(Light.READY if word == "ok" else Light.BLIND)
        return ()
