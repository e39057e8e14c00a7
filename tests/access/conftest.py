"""A fleet, and its brokers, for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.access.fleet import Broker, Fleet

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    # Not the test's own folder, which carries its name: sockets go into it.
    return Fleet(tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def bus(fleet: Fleet) -> Iterator[Broker]:
    """The bus of lobby EINGANG in SUED."""
    broker = Broker(fleet, "bus/sued.eingang-1", "sued.eingang-1")
    broker.start()
    yield broker
    broker.close()


@pytest.fixture
def centre(fleet: Fleet) -> Iterator[Broker]:
    """The central broker."""
    broker = Broker(fleet, "centre", "broker")
    broker.start()
    yield broker
    broker.close()
