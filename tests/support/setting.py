"""A typesetter that remembers what it set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter

if TYPE_CHECKING:
    from appliance.display.fonts import Weight
    from appliance.display.text import Line


class Recorder(Typesetter):
    """Sets as on a screen.

    Attributes:
        lines: What was set, in order, and how heavy.
    """

    def __init__(self) -> None:
        super().__init__(find_fonts())
        self.lines: list[tuple[Line, Weight]] = []

    def line(
        self,
        text: str,
        weight: Weight,
        cap: float,
        width: float,
        *,
        least_cap: float | None = None,
        rtl: bool | None = None,
    ) -> Line:
        """Set a line, and remember it."""
        line = super().line(text, weight, cap, width, least_cap=least_cap, rtl=rtl)
        self.lines.append((line, weight))
        return line
