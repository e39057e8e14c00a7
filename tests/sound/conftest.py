from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.board.spoken import Script
from appliance.drivers.sound_render import Renderer
from appliance.strings import texts

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("de", "en")
LETTERS, COUNTERS = "AB", ("3", "12", "Info")
NUMBERS = {*map(str, range(10)), "17", "21", "99", "100", "117", "250", "399"}


@pytest.fixture(scope="session")
def scripts() -> list[Script]:
    return [Script(texts(language, "spoken")) for language in LANGUAGES]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory, scripts: list[Script]) -> Path:
    """The clips of a small lobby, as `lobby sound render` makes them; of the numbers, a few."""
    folder = tmp_path_factory.mktemp("clips")
    renderer = Renderer(folder / "nothing-recorded")
    renderer.gong(folder)
    for script in scripts:
        needed = script.clips(LETTERS, COUNTERS)
        few = [each for each in needed if not each.name.isdecimal() or each.name in NUMBERS]
        renderer.language(folder, script.language, few)
    return folder
