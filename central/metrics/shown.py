"""Opens `/metrics` where it is asked for. The library takes 50 ms to import: nobody else waits."""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from central.metrics.meters import Meters, PageMeters


def of_collector(
    listen: str | None, meters: Meters, store: Path | None
) -> AbstractContextManager[object]:
    """Show a collector's figures while this is held.

    Args:
        listen: Where; None: nowhere.
        meters: What it counts.
        store: Its database; None: that is another machine's.

    Raises:
        MetricsError: Nobody can listen there.
    """
    if listen is None:
        return nullcontext()
    from central.metrics.page import MetricsPage, OfCollector  # noqa: PLC0415  (see above)

    return MetricsPage(
        listen, OfCollector(meters, lambda: None if store is None else size_of(store))
    )


def of_pages(listen: str | None, meters: PageMeters) -> AbstractContextManager[object]:
    """Show the figures of the pages at home while this is held.

    Args:
        listen: Where; None: nowhere.
        meters: What their writer counts.

    Raises:
        MetricsError: Nobody can listen there.
    """
    if listen is None:
        return nullcontext()
    from central.metrics.page import MetricsPage, OfPages  # noqa: PLC0415  (see above)

    return MetricsPage(listen, OfPages(meters, time.time))


def size_of(store: Path) -> int:
    """Give the bytes of a database file and of its log."""
    found = 0
    for end in ("", "-wal"):
        with suppress(FileNotFoundError):
            found += Path(f"{store}{end}").stat().st_size
    return found
