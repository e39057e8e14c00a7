"""Screens that feel: SDL's, with real events in its queue, and the simulated one."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pygame
import pytest

from appliance.drivers.folder_touch import FolderTouchMonitor
from appliance.drivers.monitor import MonitorGone
from appliance.drivers.sdl_monitor import SdlMode
from appliance.drivers.sdl_touch import MOST, SdlTouchMonitor
from appliance.drivers.touch import Finger, KeyDown, TouchMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE = (320, 200)
Hand = tuple[TouchMonitor, "Callable[[int, int], object]", "Callable[[str], object]"]


def post(kind: int, **what: object) -> None:
    pygame.event.post(pygame.event.Event(kind, what))


def finger(x: float, y: float) -> None:
    post(pygame.FINGERDOWN, touch_id=0, finger_id=0, x=x, y=y, dx=0.0, dy=0.0)


@pytest.fixture
def sdl() -> Iterator[SdlTouchMonitor]:
    with SdlTouchMonitor(SdlMode.HIDDEN, SIZE) as monitor:
        monitor.pump()
        monitor.felt()
        yield monitor


@pytest.fixture(params=["folder", "sdl"])
def hand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hand]:
    """Give a screen, a finger on it, and a key."""
    if request.param == "sdl":
        monitor = request.getfixturevalue("sdl")
        yield (
            monitor,
            lambda x, y: finger((x + 0.5) / SIZE[0], (y + 0.5) / SIZE[1]),
            lambda name: post(pygame.KEYDOWN, key=ord(name.lower()), unicode=name.lower()),
        )
        return
    with FolderTouchMonitor(tmp_path / "pictures", SIZE) as folder:
        pipe = os.open(tmp_path / "pictures/touches", os.O_WRONLY | os.O_NONBLOCK)
        yield (
            folder,
            lambda x, y: os.write(pipe, f"{x} {y}\n".encode()),
            lambda name: os.write(pipe, f"key {name}\n".encode()),
        )
        os.close(pipe)


def test_what_is_felt_is_told_once_and_in_order(hand: Hand) -> None:
    monitor, touch, press = hand
    assert monitor.pump()
    assert list(monitor.felt()) == []
    touch(10, 20)
    press("C")
    touch(319, 199)
    assert monitor.pump()
    assert list(monitor.felt()) == [Finger(10, 20), KeyDown("C"), Finger(319, 199)]
    assert monitor.pump()
    assert list(monitor.felt()) == []


def test_keys_that_lead_from_button_to_button_have_names(sdl: SdlTouchMonitor) -> None:
    for key in (pygame.K_TAB, pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN):
        post(pygame.KEYDOWN, key=key, unicode="\t" if key == pygame.K_TAB else "", mod=0)
    post(pygame.KEYDOWN, key=pygame.K_TAB, unicode="", mod=pygame.KMOD_LSHIFT)
    sdl.pump()
    names = [felt.name for felt in sdl.felt() if isinstance(felt, KeyDown)]
    assert names == ["tab", "left", "right", "up", "down", "shift-tab"]


def test_a_click_that_sdl_makes_of_a_finger_is_no_second_one(sdl: SdlTouchMonitor) -> None:
    finger(0.5, 0.5)
    post(pygame.MOUSEBUTTONDOWN, pos=(160, 100), button=1, touch=True)
    post(pygame.FINGERUP, touch_id=0, finger_id=0, x=0.5, y=0.5, dx=0.0, dy=0.0)
    sdl.pump()
    assert list(sdl.felt()) == [Finger(160, 100)]


def test_a_mouse_counts_with_its_first_button_as_it_goes_down(sdl: SdlTouchMonitor) -> None:
    for button in (1, 2, 3, 4):
        post(pygame.MOUSEBUTTONDOWN, pos=(7, 8), button=button, touch=False)
        post(pygame.MOUSEBUTTONUP, pos=(7, 8), button=button, touch=False)
    sdl.pump()
    assert list(sdl.felt()) == [Finger(7, 8)]


@pytest.mark.parametrize(("x", "y"), [(1.0, 1.0), (1.2, 3.0)])
def test_the_edge_of_the_screen_is_on_it(sdl: SdlTouchMonitor, x: float, y: float) -> None:
    finger(x, y)
    finger(-0.1, 0.0)
    sdl.pump()
    assert list(sdl.felt()) == [Finger(319, 199), Finger(0, 0)]


def test_keys_have_names_of_their_own(sdl: SdlTouchMonitor) -> None:
    for key, sign in (
        (pygame.K_RETURN, "\r"),
        (pygame.K_KP_ENTER, "\r"),
        (pygame.K_BACKSPACE, "\b"),
        (pygame.K_ESCAPE, "\x1b"),
        (pygame.K_F2, ""),
        (pygame.K_7, "7"),
        (pygame.K_LSHIFT, ""),
        (pygame.K_CAPSLOCK, ""),
    ):
        post(pygame.KEYDOWN, key=key, unicode=sign)
    sdl.pump()
    names = ["enter", "enter", "backspace", "escape", "f2", "7"]
    assert list(sdl.felt()) == [KeyDown(name) for name in names]


def test_a_screen_that_is_wet_does_not_fill_the_memory(sdl: SdlTouchMonitor) -> None:
    for _ in range(3 * MOST):
        finger(0.1, 0.1)
    sdl.pump()
    assert len(sdl.felt()) == MOST


def test_a_closed_window_is_told_though_it_was_touched_last(sdl: SdlTouchMonitor) -> None:
    post(pygame.QUIT)
    finger(0.1, 0.1)
    assert not sdl.pump()


def test_nonsense_in_the_pipe_is_no_finger(tmp_path: Path) -> None:
    with FolderTouchMonitor(tmp_path, SIZE) as folder:
        pipe = os.open(tmp_path / "touches", os.O_WRONLY | os.O_NONBLOCK)
        os.write(pipe, b"1\n-1 2\n320 10\n10 200\nx y\n\xff\xfe\n1 2 3\n" + b"9" * 3000)
        assert list(folder.felt()) == []
        os.write(pipe, b"\n5 6\n7")
        assert list(folder.felt()) == [Finger(5, 6)]
        os.write(pipe, b"0 8\n")
        assert list(folder.felt()) == [Finger(70, 8)]
        os.close(pipe)
    assert list(folder.felt()) == []
    folder.close()


def test_a_file_in_the_place_of_the_pipe_is_told(tmp_path: Path) -> None:
    (tmp_path / "touches").write_text("")
    with pytest.raises(MonitorGone, match="cannot be used as a named pipe"):
        FolderTouchMonitor(tmp_path, SIZE)
    assert stat.S_ISREG((tmp_path / "touches").stat().st_mode)
