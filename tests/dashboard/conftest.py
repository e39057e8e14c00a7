"""A centre for each test of the dashboard."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.dashboard.centre import Centre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


class MakeCentre(Protocol):
    """Sets up a centre; see `tests.dashboard.centre.Centre`."""

    def __call__(self, **devices: int) -> Centre:
        """Set one up, which ends with the test."""


@pytest.fixture
def make_centre(browser: Browser) -> Iterator[MakeCentre]:
    centres: list[Centre] = []
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:

        def make(**devices: int) -> Centre:
            centre = Centre(Path(folder), browser, devices).__enter__()
            centres.append(centre)
            return centre

        yield make
        for context in browser.contexts:
            context.close()
        for centre in centres:
            centre.__exit__()


@pytest.fixture
def centre(make_centre: MakeCentre) -> Centre:
    """Two sites, with two lobbies and one."""
    return make_centre(SUED=2, NORD=1)
