"""The demonstration's window: keys and mouse in, one picture out.

The board paints its pictures into a folder, as it does without a window; here they are looked at,
so that one window holds the board, the slip, and the keys. A board that is dead shows nothing, as
its screen would.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from PIL import Image

from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter
from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor
from demo.hands import Deed, Hands
from demo.legend import SIZE, Legend, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.strings import Texts
    from demo.stage import Stage

DOWN_S: Final = 0.25
"""So long a key that was hit is to be seen as such."""
LEFT_BUTTON: Final = 1
KEYS: Final[Mapping[str, Deed]] = {deed.value: deed for deed in Deed} | {"escape": Deed.QUIT}


class DemoWindow:
    """A window on a stage; leaving the `with` block closes it. For one thread, but for `tell`.

    Args:
        stage: What is looked at.
        hands: Do what is asked for by keys and clicks.
        texts: In which language.
        mode: A window; hidden in tests.

    Raises:
        MonitorGone: There is no desktop for it.
        FontsMissing: There is nothing to write with.
    """

    def __init__(
        self, stage: Stage, hands: Hands, texts: Texts, mode: SdlMode = SdlMode.WINDOW
    ) -> None:
        self._stage = stage
        self._hands = hands
        language = texts.language
        self._monitor = SdlMonitor(mode, SIZE, texts("demo.window", name=stage.settings.site.name))
        services = tuple(service.text[language] for service in stage.settings.services)
        setter = Typesetter(find_fonts())
        self.legend = Legend(self._monitor.size, setter, texts, services)
        self._news = ""
        self._down: tuple[Deed, float] | None = None
        self._board: tuple[tuple[int, int], Image.Image] | None = None
        self.seen: Seen | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._monitor.close()

    def tell(self, line: str) -> None:
        """Show a line; may be called from any thread."""
        self._news = line or self._news

    def turn(self) -> bool:
        """Do what was asked for, and show what is now; False once somebody closed the window."""
        for deed in self._asked_for():
            self._down = deed, time.monotonic()
            self._hands.do(deed)
        if self._hands.left:
            return False
        self._show()
        return True

    def _asked_for(self) -> Iterator[Deed]:
        import pygame  # noqa: PLC0415  (only once the monitor has kept it from greeting)

        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                yield Deed.QUIT
            elif event.type == pygame.KEYDOWN:
                deed = KEYS.get(pygame.key.name(event.key))
                if deed is not None:
                    yield deed
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == LEFT_BUTTON:
                deed = self.legend.deed_at(*event.pos)
                if deed is not None:
                    yield deed
            elif event.type == pygame.WINDOWEXPOSED:
                self.seen = None

    def _show(self) -> None:
        board = self._look_at_board()
        slips = list(self._stage.printer.slips)
        seen = Seen(
            board=board and board[0],
            slips=len(slips),
            news=self._news,
            lasting=self._hands.lasting,
            down=self._key_down(),
        )
        if seen == self.seen:
            return
        self.legend.draw(seen, board and board[1], slips[-1].image if slips else None)
        self._monitor.show(self.legend.picture, [(0, 0, *self._monitor.size)])
        self.seen = seen

    def _key_down(self) -> Deed | None:
        if self._down is None or time.monotonic() - self._down[1] > DOWN_S:
            return None
        return self._down[0]

    def _look_at_board(self) -> tuple[tuple[int, int], Image.Image] | None:
        """Give the board's picture, and what tells it from the one before; None: it is dead."""
        if not self._stage.supervisor.is_ready("board"):
            return None
        path = self._stage.board_picture
        with contextlib.suppress(FileNotFoundError):
            which = _identity(path)
            if self._board is None or self._board[0] != which:
                with Image.open(path) as picture:
                    shown = picture.convert("RGB").resize(self.legend.board_size)
                self._board = which, shown
        return self._board


def _identity(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_ino
