"""A screen or a window through pygame, that is SDL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from appliance.drivers.monitor import Area, MonitorGone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType, TracebackType

    from PIL import Image


class SdlMode(Enum):
    """How the picture comes before people's eyes."""

    SCREEN = "screen"
    """The whole screen: KMSDRM on a Pi without a desktop, a full-screen window on one."""
    WINDOW = "window"
    """A window on a desktop."""
    HIDDEN = "hidden"
    """SDL's `dummy` driver: everything but light."""


DRIVERS = {
    SdlMode.SCREEN: ("kmsdrm", "wayland", "x11"),
    SdlMode.WINDOW: ("wayland", "x11"),
    SdlMode.HIDDEN: ("dummy",),
}
ROOM = 0.92
"""The rest of a desktop belongs to its bars and the window's frame."""

ADVICE = {
    SdlMode.SCREEN: (
        "Is a screen connected, is the user in the groups video, render and input, and does no "
        "desktop hold the screen?"
    ),
    SdlMode.WINDOW: "Start it on a desktop, or choose the folder for the board's pictures.",
    SdlMode.HIDDEN: "Install pygame anew.",
}


class SdlMonitor:
    """A pygame display. One at a time in a process.

    Args:
        mode: Screen or window.
        size: Of the window, in pixels, smaller where the desktop is; a full screen has its own.
        title: Of the window.

    Raises:
        MonitorGone: pygame is missing, no screen could be opened, or not the right kind.
    """

    def __init__(
        self,
        mode: SdlMode,
        size: tuple[int, int] = (1280, 720),
        title: str = "",
    ) -> None:
        self._mode = mode
        self._pygame = _pygame()
        self._surface = self._open(size, title)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self._surface.get_size()
        return int(width), int(height)

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        """Bring the changed parts of the picture to the screen."""
        for area in changed:
            part = picture.crop(area)
            pixels = self._pygame.image.frombuffer(part.tobytes(), part.size, "RGB")
            self._surface.blit(pixels, area[:2])
        try:
            self._pygame.display.update(
                [(left, top, right - left, bottom - top) for left, top, right, bottom in changed]
            )
        except self._pygame.error as error:
            raise MonitorGone(f"the screen is gone ({error}). {ADVICE[self._mode]}") from error

    def pump(self) -> bool:
        """Take what the window system has to say; False once the window was closed."""
        return not any(event.type == self._pygame.QUIT for event in self._pygame.event.get())

    def close(self) -> None:
        """Give the screen back."""
        self._pygame.display.quit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, size: tuple[int, int], title: str) -> Any:  # noqa: ANN401  (pygame has no types)
        pygame = self._pygame
        try:
            with _asking_for(_wanted(self._mode, os.environ)):
                pygame.display.init()
                found = pygame.display.get_driver()
                # SDL writes some names in capitals, 'KMSDRM' among them, whatever it was asked for.
                if found.lower() not in DRIVERS[self._mode]:
                    pygame.display.quit()
                    raise MonitorGone(
                        f"SDL came up as '{found}', which shows nothing here. {ADVICE[self._mode]}"
                    )
                pygame.display.set_caption(title)
                if self._mode is SdlMode.SCREEN:
                    surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
                else:
                    surface = pygame.display.set_mode(self._fitting(size))
        except pygame.error as error:
            pygame.display.quit()
            raise MonitorGone(
                f"no {self._mode.value} could be opened ({error}). {ADVICE[self._mode]}"
            ) from error
        pygame.mouse.set_visible(self._mode is not SdlMode.SCREEN)
        return surface

    def _fitting(self, size: tuple[int, int]) -> tuple[int, int]:
        """Give the size of the window, in the same shape, that the desktop has room for."""
        if self._mode is not SdlMode.WINDOW:
            return size
        desktop = self._pygame.display.get_desktop_sizes()[0]
        share = min(1.0, *(ROOM * has / asked for has, asked in zip(desktop, size, strict=True)))
        return round(size[0] * share), round(size[1] * share)


def _wanted(mode: SdlMode, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Give what to ask SDL for; nothing where SDL itself finds the desktop's."""
    if mode is SdlMode.HIDDEN:
        return {"SDL_VIDEODRIVER": "dummy"}
    if mode is SdlMode.SCREEN and not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        # Left to itself SDL takes OpenGL to bring our pixels to the screen. Without a desktop there
        # may be OpenGL ES only, as on a Pi, and then all stays black, without a word (tried).
        return {"SDL_VIDEODRIVER": "kmsdrm", "SDL_RENDER_DRIVER": "opengles2"}
    return {}


@contextmanager
def _asking_for(wanted: Mapping[str, str]) -> Iterator[None]:
    """Ask SDL for these; it can be told by the environment only."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _pygame() -> ModuleType:
    """Import pygame, without its greeting on the terminal."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame  # noqa: PLC0415  (vendor library: imported when a screen is really wanted)
    except ImportError as error:
        raise MonitorGone(
            f"pygame can't be imported ({error}). Install the package python3-pygame."
        ) from error
    return pygame
