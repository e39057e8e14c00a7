"""A screen or a window that feels, through pygame, that is SDL.

SDL makes a mouse's click of each finger, for programs that know none. It is passed over: one finger
is not two. Where a finger is, SDL says in shares of the screen, and a mouse in pixels of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor
from appliance.drivers.touch import Finger, KeyDown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.drivers.touch import Felt

FIRST_BUTTON = 1
MOST = 100
"""More than ten fingers at a time come of a screen that is broken, or wet."""


class SdlTouchMonitor(SdlMonitor):
    """An `SdlMonitor` that feels; see there."""

    def __init__(self, mode: SdlMode, size: tuple[int, int] = (1280, 720), title: str = "") -> None:
        super().__init__(mode, size, title)
        self._felt: list[Felt] = []

    def pump(self) -> bool:
        """Take what the window system has to say; False once the window was closed."""
        there = True
        for event in self._pygame.event.get():
            there = there and event.type != self._pygame.QUIT
            felt = self._read(event)
            if felt is not None and len(self._felt) < MOST:
                self._felt.append(felt)
        return there

    def felt(self) -> Sequence[Felt]:
        """Give what was felt; see `TouchMonitor`."""
        felt, self._felt = self._felt, []
        return felt

    def _read(self, event: Any) -> Felt | None:  # noqa: ANN401  (pygame has no types)
        pygame, (width, height) = self._pygame, self.size
        if event.type == pygame.FINGERDOWN:
            # At the very edge it is 1.0, which is no pixel any more.
            x, y = int(event.x * width), int(event.y * height)
            return Finger(min(max(x, 0), width - 1), min(max(y, 0), height - 1))
        if event.type == pygame.MOUSEBUTTONDOWN:
            by_finger = getattr(event, "touch", False)
            return None if by_finger or event.button != FIRST_BUTTON else Finger(*event.pos)
        if event.type == pygame.KEYDOWN:
            name = self._name(event)
            return KeyDown(name) if name else None
        return None

    def _name(self, event: Any) -> str:  # noqa: ANN401  (the same)
        """Give the name of a key, as in `KeyDown`; empty: it has none here."""
        pygame = self._pygame
        named = {
            pygame.K_RETURN: "enter",
            pygame.K_KP_ENTER: "enter",
            pygame.K_BACKSPACE: "backspace",
            pygame.K_ESCAPE: "escape",
            pygame.K_LEFT: "left",
            pygame.K_RIGHT: "right",
            pygame.K_UP: "up",
            pygame.K_DOWN: "down",
        }
        if event.key == pygame.K_TAB:
            return "shift-tab" if getattr(event, "mod", 0) & pygame.KMOD_SHIFT else "tab"
        if event.key in named:
            return named[event.key]
        if pygame.K_F1 <= event.key <= pygame.K_F12:
            return f"f{event.key - pygame.K_F1 + 1}"
        sign: str = getattr(event, "unicode", "")
        return sign.upper() if len(sign) == 1 and sign.isprintable() else ""
