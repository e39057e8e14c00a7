"""Figures beside their limits: one line each, and an exit code at the end."""

from __future__ import annotations


class Limits:
    """Prints figures and remembers whether one is beyond its limit."""

    def __init__(self) -> None:
        self.exit_code = 0

    def most(self, name: str, value: float, limit: float | None, unit: str) -> None:
        """Print a figure that may be so large at most; None: whatever it is."""
        self._line(name, value, "at most", limit, unit)
        self.exit_code |= limit is not None and value > limit

    def least(self, name: str, value: float, limit: float, unit: str) -> None:
        """Print a figure that must be so large at least."""
        self._line(name, value, "at least", limit, unit)
        self.exit_code |= value < limit

    def _line(self, name: str, value: float, bound: str, limit: float | None, unit: str) -> None:
        said = "" if limit is None else f"  {bound} {limit:g}"
        print(f"{name:44}{value:10.2f} {unit:3}{said}", flush=True)
