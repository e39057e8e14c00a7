"""The office that the tests of the issuer share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.central.world import Console, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central.bookings.issuer import Issuer
    from central.bookings.store import Store


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An office on a day in March."""
    return World(tmp_path)


@pytest.fixture
def store(world: World) -> Iterator[Store]:
    """Its bookings, open."""
    with world.store() as store:
        yield store


@pytest.fixture
def issuer(world: World, store: Store) -> Issuer:
    """Who makes them."""
    return world.issuer(store)


@pytest.fixture
def office_console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    """The command line of an office of today, since it has no other clock."""
    return Console(World(tmp_path, begin=datetime.now(UTC)), capsys)
