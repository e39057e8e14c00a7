"""One contract for what shows the board: a folder of pictures, and SDL without light."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pygame
import pytest
from PIL import Image, ImageChops

from appliance.drivers.folder_monitor import FolderMonitor
from appliance.drivers.monitor import Monitor, MonitorGone
from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE = (320, 200)
ALL = (0, 0, *SIZE)


def sdl_picture() -> Image.Image:
    surface = pygame.display.get_surface()
    assert surface is not None
    return Image.frombytes("RGB", surface.get_size(), pygame.image.tobytes(surface, "RGB"))


@pytest.fixture(params=["folder", "sdl"])
def shown(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Monitor, Callable[[], Image.Image]]]:
    """Give an open monitor, and a look at what it shows."""
    if request.param == "folder":
        with FolderMonitor(tmp_path / "pictures", SIZE) as folder:
            yield folder, lambda: Image.open(tmp_path / "pictures/board.png").convert("RGB")
    else:
        with SdlMonitor(SdlMode.HIDDEN, SIZE) as sdl:
            yield sdl, sdl_picture


def picture(colour: tuple[int, int, int] = (10, 20, 30)) -> Image.Image:
    image = Image.new("RGB", SIZE, colour)
    image.paste((200, 100, 50), (5, 7, 60, 40))
    return image


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def test_what_is_shown_is_what_was_drawn(
    shown: tuple[Monitor, Callable[[], Image.Image]],
) -> None:
    monitor, look = shown
    monitor.show(picture(), (ALL,))
    assert same(look(), picture())


def test_changed_parts_add_up_to_the_picture(
    shown: tuple[Monitor, Callable[[], Image.Image]],
) -> None:
    monitor, look = shown
    image = picture()
    monitor.show(image, (ALL,))
    image.paste((1, 2, 3), (100, 50, 150, 90))
    image.paste((4, 5, 6), (0, 180, 320, 200))
    monitor.show(image, ((100, 50, 150, 90), (0, 180, 320, 200)))
    assert same(look(), image)


def test_the_size_is_known_and_nobody_closed_it(
    shown: tuple[Monitor, Callable[[], Image.Image]],
) -> None:
    monitor, _ = shown
    assert monitor.size == SIZE
    assert monitor.pump()


def test_closing_twice_is_fine(shown: tuple[Monitor, Callable[[], Image.Image]]) -> None:
    monitor, _ = shown
    monitor.close()
    monitor.close()


def test_the_folder_keeps_as_many_pictures_as_it_was_told_to(tmp_path: Path) -> None:
    monitor = FolderMonitor(tmp_path, SIZE, keep=3)
    for shade in range(5):
        monitor.show(picture((shade, 0, 0)), (ALL,))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "board-0003.png",
        "board-0004.png",
        "board-0005.png",
        "board.png",
    ]
    with Image.open(tmp_path / "board-0003.png") as third:
        assert third.getpixel((0, 0)) == (2, 0, 0)


def test_numbers_go_on_where_an_earlier_run_ended(tmp_path: Path) -> None:
    FolderMonitor(tmp_path, SIZE).show(picture(), (ALL,))
    (tmp_path / "board-notes.png").touch()
    FolderMonitor(tmp_path, SIZE).show(picture(), (ALL,))
    assert (tmp_path / "board-0002.png").exists()


def test_a_folder_for_the_latest_picture_only(tmp_path: Path) -> None:
    FolderMonitor(tmp_path, SIZE, keep=0).show(picture(), (ALL,))
    assert [path.name for path in tmp_path.iterdir()] == ["board.png"]


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MonitorGone, match=r"no pictures can be written .*Choose another folder"):
        FolderMonitor(tmp_path / "file" / "folder", SIZE)


def test_a_folder_that_goes_away_is_a_sentence(tmp_path: Path) -> None:
    monitor = FolderMonitor(tmp_path / "pictures", SIZE)
    (tmp_path / "pictures").rmdir()
    with pytest.raises(MonitorGone, match="the picture can't be written"):
        monitor.show(picture(), (ALL,))


def test_closing_the_window_is_told_once_asked() -> None:
    with SdlMonitor(SdlMode.HIDDEN, SIZE) as monitor:
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        assert not monitor.pump()


def test_sdls_choice_of_driver_leaves_no_trace_in_the_environment() -> None:
    before = os.environ.get("SDL_VIDEODRIVER")
    with SdlMonitor(SdlMode.HIDDEN, SIZE):
        pass
    assert os.environ.get("SDL_VIDEODRIVER") == before


def test_driver_counts_whatever_case_its_name_is_told_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a real screen it is 'KMSDRM'.
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "DUMMY")
    with SdlMonitor(SdlMode.HIDDEN, SIZE) as monitor:
        assert monitor.size == SIZE


@pytest.mark.parametrize("mode", [SdlMode.SCREEN, SdlMode.WINDOW])
def test_a_driver_that_shows_nothing_is_refused(
    mode: SdlMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")  # so that SDL is left to its own choice
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(MonitorGone, match="SDL came up as 'dummy', which shows nothing"):
        SdlMonitor(mode, SIZE)


def test_no_screen_is_a_sentence_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")  # there is no such desktop
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    with pytest.raises(MonitorGone, match=r"no window could be opened .*Start it on a desktop"):
        SdlMonitor(SdlMode.WINDOW, SIZE)


def test_a_folder_needs_no_pygame() -> None:
    code = (
        "import sys; import appliance.board.screen, appliance.display.board,"
        " appliance.drivers.folder_monitor; sys.exit('pygame' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
