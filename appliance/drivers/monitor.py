"""What the board draws on: a screen, a window, or a folder of pictures.

On a Pi there is no desktop: SDL takes the screen through KMSDRM, of which there is one master. SDL
is content with a driver that shows nothing when it finds no better one, and the hall then looks at
a black screen while everything seems well; so the driver that really came up is compared with what
was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from PIL import Image

Area = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels; right and bottom are outside."""


class MonitorGone(LobbyError, RuntimeError):  # noqa: N818  (says what happened; every error of ours does)
    """There is nothing to draw on; the sentence says what to do."""


class Monitor(Protocol):
    """Something that shows a picture. Leaving the `with` block closes it; `close()` twice is fine.

    All calls come from one thread.
    """

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; they do not change while it is open."""
        ...

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        """Show `picture`, of this size and mode RGB.

        Args:
            picture: All of it.
            changed: Where it differs from the one before; never empty.

        Raises:
            MonitorGone: It can't be shown.
        """
        ...

    def pump(self) -> bool:
        """Let the window live; False once someone closed it. To be called twice a second."""
        ...

    def close(self) -> None:
        """Give the screen back."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
