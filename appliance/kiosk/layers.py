"""The kiosk's part above the board, on a Pi that has one screen for both.

The board goes on below: it is a monitor's picture to the board, and the call that is made while
somebody types stays in sight beside the kiosk's part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from appliance.display.layout import Box
    from appliance.drivers.monitor import Area, Monitor


class Layers:
    """A `Monitor` for the board, of which the kiosk may cover a part.

    Args:
        monitor: What is seen; stays open.
        part: What the kiosk covers, when it does.
    """

    def __init__(self, monitor: Monitor, part: Box) -> None:
        self._monitor = monitor
        self._part = part
        self._below = Image.new("RGB", monitor.size)
        self._above: Image.Image | None = None
        self._whole = self._below

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._monitor.size

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        """Show the board, as far as it can be seen; see `Monitor`."""
        self._below = picture
        self._show(changed)

    def cover(self, above: Image.Image, changed: Sequence[Area]) -> None:
        """Show the kiosk.

        Args:
            above: Its picture, of the size of its part.
            changed: Where it differs from the one before, in pixels of the screen.
        """
        if self._above is None:
            self._whole, changed = self._below.copy(), [self._part]
        self._above = above
        if changed:
            self._show(changed)

    def uncover(self) -> None:
        """Show nothing but the board."""
        if self._above is not None:
            self._above, self._whole = None, self._below
            self._show([self._part])

    def pump(self) -> bool:
        """Let the window live; whoever has the layers does."""
        return True

    def close(self) -> None:
        """The monitor belongs to somebody else."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _show(self, changed: Sequence[Area]) -> None:
        if self._above is None:
            self._monitor.show(self._below, changed)
            return
        for area in changed:
            self._whole.paste(self._below.crop(area), area[:2])
        self._whole.paste(self._above, self._part[:2])
        self._monitor.show(self._whole, changed)
