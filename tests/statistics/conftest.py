"""A collector's store and who counts in it, on a clock of the test's own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from central.collector.store import BERLIN, Store
from central.statistics.keeping import Keeper
from central.statistics.pseudonyms import Pseudonyms
from central.statistics.reading import Period, Reader
from tests.support.played_days import Device

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from central.statistics.spans import Span
    from tests.support.played_days import Sent


@dataclass
class Centre:
    """A collector without a broker.

    Args:
        folder: Where it keeps things.
        now: What time it is.
        device: A desk of the site SUED.
    """

    folder: Path
    now: datetime = datetime(2026, 3, 2, 18, tzinfo=BERLIN)
    device: Device = field(default_factory=Device)

    @property
    def path(self) -> Path:
        return self.folder / "store"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @contextmanager
    def open(self) -> Iterator[tuple[Store, Keeper]]:
        with Store(self.path) as store:
            yield store, Keeper(store, Pseudonyms(self.keys), lambda: self.now)

    def take(self, *batches: Iterable[Sent]) -> None:
        """Store what is sent, and do all that is due."""
        with self.open() as (store, keeper):
            for batch in batches:
                store.put(list(batch))
            keeper.finish()

    def wait(self, **some: float) -> None:
        """Let time pass, and do what is due then."""
        self.now += timedelta(**some)
        self.take()

    def clock(self, _zone: ZoneInfo) -> datetime:
        return self.now

    def read(self, span: Span, site: str = "SUED") -> Period:
        with Reader(self.path, self.clock) as reader:
            return reader.read(site, span)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)
