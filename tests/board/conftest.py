from __future__ import annotations

import pytest

from appliance.display.text import Typesetter, find_fonts


@pytest.fixture(scope="session")
def setter() -> Typesetter:
    return Typesetter(find_fonts())
