"""A hall for each test of the pages."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.pages.hall import Hall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


class MakeHall(Protocol):
    """Sets up a hall; see `tests.pages.hall.Hall`."""

    def __call__(self, more: str = "") -> Hall:
        """Set one up, which ends with the test."""


@pytest.fixture
def make_hall(browser: Browser, tmp_path: Path) -> Iterator[MakeHall]:
    halls: list[Hall] = []
    with tempfile.TemporaryDirectory(prefix="lobby-") as run:

        def make(more: str = "") -> Hall:
            hall = Hall(tmp_path, Path(run), browser, more).__enter__()
            halls.append(hall)
            return hall

        yield make
        for context in browser.contexts:
            context.close()
        for hall in halls:
            hall.__exit__()


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall()
