"""The board's own process, wearing what an office gave it, good and bad."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Event
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.slides.pictures import claiming, png
from tests.support.device import Device, device

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITHIN_S = 30.0
THEME = """\
logo = "logo.png"
[day]
head = { ink = "#ffffff", ground = "#400060" }
head_soft = { ink = "#ffffff", ground = "#400060" }
page = { ink = "#999999", ground = "#ffffff" }
"""


@pytest.fixture
def pi() -> Iterator[Device]:
    with device() as made:
        yield made


def wear(pi: Device, theme: str) -> None:
    (pi.folder / "theme.toml").write_text(theme, "utf-8")
    (pi.folder / "logo.png").write_bytes(png((80, 80), (255, 204, 0)))
    slides = pi.folder / "slides"
    slides.mkdir()
    (slides / "slides.toml").write_text('[[slide]]\npicture = "huge.png"\n', "utf-8")
    (slides / "huge.png").write_bytes(claiming(20_000, 20_000))
    with pi.config.open("a", encoding="utf-8") as file:
        file.write(f'\n[look]\ntheme = "{pi.folder}/theme.toml"\n')
        file.write(f'\n[slides]\nfolder = "{slides}"\n')


def wait_for(holds: object) -> None:
    assert callable(holds)
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline_s
        Event().wait(0.02)


def drawn(folder: Path) -> Image.Image:
    wait_for((folder / "board.png").exists)
    with Image.open(folder / "board.png") as picture:
        return picture.convert("RGB")


def test_the_board_wears_what_can_be_read_and_says_what_cannot(pi: Device) -> None:
    wear(pi, THEME)
    with pi.started("board"):
        picture = drawn(pi.folder / "board")
        wait_for(lambda: "20000 × 20000" in pi.log("board"))
    assert picture.getpixel((320, 4)) == (0x40, 0, 0x60)
    colours = {colour for _, colour in picture.crop((0, 0, 60, 36)).getcolors(9999) or []}
    assert (255, 204, 0) in colours
    assert "day.page has a contrast of 2.8 : 1" in pi.log("board")
    assert "Traceback" not in pi.log("board")


def test_a_theme_that_is_none_leaves_the_products_look(pi: Device) -> None:
    wear(pi, "[day")
    with pi.started("board"):
        picture = drawn(pi.folder / "board")
    assert picture.getpixel((320, 4)) == (255, 255, 255)
    assert "is not TOML" in pi.log("board")
    assert "goes on in the product's own look" in pi.log("board")


def test_check_names_what_would_not_be_worn(pi: Device) -> None:
    wear(pi, THEME)
    checked = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "check", str(pi.config)],
        check=False,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    assert checked.returncode == 1
    assert "day.page has a contrast of 2.8 : 1, and needs at least 7 : 1" in checked.stderr
