from __future__ import annotations

import pytest

from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter


@pytest.fixture(scope="session")
def setter() -> Typesetter:
    return Typesetter(find_fonts())
