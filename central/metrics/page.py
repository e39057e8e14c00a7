"""`/metrics` in the text form of Prometheus, from the numbers in `metrics`.

Only whoever is on this machine may ask, unless told otherwise: figures of a fleet are nobody's
business, and the page has no login. One request at a time, each with a deadline, in a thread of its
own: who never reads to the end holds up no collector.

The library's own registry is global and holds the process's figures twice when a test builds two
collectors; so each page has a registry of its own.
"""

from __future__ import annotations

import logging
import re
import threading
from http.server import HTTPServer
from typing import TYPE_CHECKING, Final, Self

from prometheus_client import CollectorRegistry, MetricsHandler, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from appliance import __version__
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from prometheus_client import Metric

    from central.metrics.meters import Meters, PageMeters

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
DEADLINE_S: Final = 5.0
HIGHEST_PORT: Final = 65535
_LISTEN: Final = re.compile(r"(?:(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>\d{1,5})")
_CAME: Final = {"new": "stored", "known": "duplicate"}
_REFUSED: Final = "refused: "


class MetricsError(LobbyError):
    """The figures cannot be shown there; the sentence says why."""


class OfCollector(Collector):
    """The collector's figures.

    Args:
        meters: What it counts.
        bytes_used: Gives the size of its database on this disk; None: it is not here.
    """

    def __init__(self, meters: Meters, bytes_used: Callable[[], int | None]) -> None:
        self._meters = meters
        self._bytes_used = bytes_used

    def collect(self) -> Iterator[Metric]:
        """Give them as they are now."""
        meters = self._meters
        counted = dict(meters.counted)
        came = CounterMetricFamily(
            "lobby_collector_events", "Events that came, by what became of them.", labels=["result"]
        )
        for what, told in _CAME.items():
            came.add_metric([told], counted.get(what, 0))
        yield came
        refused = CounterMetricFamily(
            "lobby_collector_refused", "Messages that were no event of theirs.", labels=["reason"]
        )
        for what, n in sorted(counted.items()):
            if what.startswith(_REFUSED):
                refused.add_metric([what.removeprefix(_REFUSED)], n)
        yield refused
        yield CounterMetricFamily(
            "lobby_collector_gaps", "Gaps that devices told of.", counted.get("gaps", 0)
        )
        yield CounterMetricFamily(
            "lobby_collector_acks", "Acknowledgements that were said.", meters.acks
        )
        yield _connected("collector", is_up=meters.connected)
        size = self._bytes_used()
        if size is not None:
            yield GaugeMetricFamily(
                "lobby_collector_database_bytes", "Size of the database and its log.", size
            )
        yield from self._of_devices()

    def _of_devices(self) -> Iterator[Metric]:
        last = GaugeMetricFamily(
            "lobby_device_last_event_timestamp_seconds",
            "When the device's last event came.",
            labels=["device"],
        )
        age = GaugeMetricFamily(
            "lobby_device_backlog_age_seconds",
            "How old that event was then: large while a device sends what it kept.",
            labels=["device"],
        )
        events = CounterMetricFamily(
            "lobby_device_events", "Events that came from the device.", labels=["device"]
        )
        for device, heard in sorted(self._meters.devices.copy().items()):
            last.add_metric([device], heard.at_s)
            age.add_metric([device], heard.age_s)
            events.add_metric([device], heard.events)
        yield from (last, age, events)


class OfPages(Collector):
    """The figures of the pages at home.

    Args:
        meters: What their writer counts.
        clock: Gives the time, in seconds since 1970.
    """

    def __init__(self, meters: PageMeters, clock: Callable[[], float]) -> None:
        self._meters = meters
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Give them as they are now."""
        meters, now_s = self._meters, self._clock()
        age = GaugeMetricFamily(
            "lobby_wait_page_age_seconds",
            "How long ago the lobby said who waits; NaN: not since the start.",
            labels=["site", "lobby"],
        )
        stale = GaugeMetricFamily(
            "lobby_wait_page_stale",
            "1: the page says that it is old, and shows no figures.",
            labels=["site", "lobby"],
        )
        for each in meters.lobbies:
            labels = [each.site, each.lobby]
            said_s = each.said_s
            age.add_metric(labels, float("nan") if said_s is None else now_s - said_s)
            stale.add_metric(labels, float(each.stale))
        yield from (age, stale)
        yield CounterMetricFamily("lobby_wait_pages_written", "Files replaced.", meters.written)
        yield CounterMetricFamily(
            "lobby_wait_pages_refused", "Messages that were none of ours.", meters.refused
        )
        yield _connected("wait_pages", is_up=meters.connected)


class MetricsPage:
    """Shows figures until it is closed.

    Args:
        listen: `port` on this machine's own interface, or `host:port`.
        figures: What is shown.

    Raises:
        MetricsError: Nobody can listen there.
    """

    def __init__(self, listen: str, figures: Collector) -> None:
        found = _LISTEN.fullmatch(listen)
        if found is None or int(found["port"]) > HIGHEST_PORT:
            raise MetricsError(f"'{listen}' is no place for figures: write a port, or host:port")
        registry = CollectorRegistry()
        registry.register(figures)
        registry.register(_Release())
        ProcessCollector(registry=registry)
        host = (found["host"] or LOOPBACK).strip("[]")
        try:
            self._server = HTTPServer((host, int(found["port"])), _handler(registry))
        except OSError as error:
            raise MetricsError(
                f"cannot show figures on {host}:{found['port']}: {error.strerror};"
                " choose another port with --metrics"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="metrics"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join(2 * DEADLINE_S)
        if self._thread.is_alive():
            log.error("thread 'metrics' did not end within %.0f s", 2 * DEADLINE_S)
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens; chosen by the system where 0 was asked for."""
        return self._server.server_port


class _Release(Collector):
    """Which release this is."""

    def collect(self) -> Iterator[Metric]:
        release = GaugeMetricFamily("lobby_central_info", "The release.", labels=["version"])
        release.add_metric([__version__], 1)
        yield release


def _connected(what: str, *, is_up: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily(
        f"lobby_{what}_connected", "1: the broker is there and hears us.", float(is_up)
    )


def _handler(registry: CollectorRegistry) -> type[MetricsHandler]:
    class Handler(MetricsHandler):
        """Ends with who is too slow."""

        timeout = DEADLINE_S

    Handler.registry = registry
    return Handler
