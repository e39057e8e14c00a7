"""`/metrics` of the real processes, read with Prometheus' own parser."""

from __future__ import annotations

import math
import socket
import threading
import time
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.bus.link import Link, Login, Tcp
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Wait
from central.cli import main
from central.metrics.meters import LobbyAge, Meters, PageMeters
from central.metrics.page import MetricsError, MetricsPage, OfCollector, OfPages
from central.metrics.shown import of_pages
from central.waiting.writer import Writer
from tests.central.world import NOW, World
from tests.support.branch import Branch
from tests.support.collecting import Collecting
from tests.support.ports import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.broker import Mosquitto

DEADLINE_S: Final = 20.0
Figures = dict[tuple[str, str], float]


def read(port: int) -> Figures:
    """Give the figures by name and first label."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=DEADLINE_S) as answer:
        text = answer.read().decode()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read_until(port: int, fact: Callable[[Figures], bool]) -> Figures:
    until_s = time.monotonic() + DEADLINE_S
    while not fact(figures := read(port)):
        assert time.monotonic() < until_s, figures
        time.sleep(0.05)
    return figures


def test_collector_tells_what_came_and_from_whom(tmp_path: Path, mosquitto: Mosquitto) -> None:
    port = free_port()
    began_s = time.time()
    with (
        Collecting(tmp_path / "store", mosquitto.port, "--metrics", str(port)) as collecting,
        Branch(tmp_path / "desk", mosquitto.port) as branch,
        Link(Tcp(HOST, mosquitto.port), Login("mad", "", ""), lambda _: None) as mad,
    ):
        branch.issue(30)
        branch.turn_until(lambda: branch.uplink.online and branch.uplink.backlog == 0)
        branch.turn_until(lambda: bool(mad.publish(branch.topics.events, b"no event")))
        stored = float(len(collecting.stored()))
        figures = read_until(port, lambda f: ("lobby_collector_refused_total", "form") in f)
        assert figures["lobby_collector_events_total", "stored"] == stored
        assert figures["lobby_collector_refused_total", "form"] == 1
        assert figures["lobby_collector_connected", ""] == 1
        assert figures["lobby_collector_acks_total", ""] > 0
        assert figures["lobby_collector_database_bytes", ""] > stored
        device = branch.topics.device
        came_s = figures["lobby_device_last_event_timestamp_seconds", device]
        assert began_s <= came_s <= time.time()
        # Its events are of this morning: so old they were when they came.
        morning = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0)
        age_s = figures["lobby_device_backlog_age_seconds", device]
        assert abs(came_s - age_s - morning.timestamp()) < 600
        mosquitto.kill()
        read_until(port, lambda f: f["lobby_collector_connected", ""] == 0)


def test_labels_name_devices_and_nothing_else(tmp_path: Path, mosquitto: Mosquitto) -> None:
    port = free_port()
    with (
        Collecting(tmp_path / "store", mosquitto.port, "--metrics", str(port)),
        Branch(tmp_path / "desk", mosquitto.port) as branch,
    ):
        branch.issue(5)
        branch.turn_until(lambda: branch.uplink.online and branch.uplink.backlog == 0)
        labels = {label for name, label in read(port) if name.startswith("lobby_") and label}
    assert labels <= {"stored", "duplicate", "0.1.0", branch.topics.device}


def test_nobody_else_in_the_network_sees_them_unless_told_otherwise() -> None:
    with MetricsPage("0", OfCollector(Meters(), lambda: None)) as page:
        assert page._server.server_address[0] == HOST  # noqa: SLF001  (there is no other way to tell)
        assert ("lobby_collector_database_bytes", "") not in read(page.port)
    with MetricsPage("localhost:0", OfCollector(Meters(), lambda: None)) as page:
        assert read(page.port)


@pytest.mark.parametrize("where", ["x", "1:2:3", "70000", "http://localhost:1", ""])
def test_place_that_is_none_is_one_sentence(where: str) -> None:
    with pytest.raises(MetricsError, match="write a port"):
        MetricsPage(where, OfCollector(Meters(), lambda: None))


def test_port_that_is_taken_ends_the_collector_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        to = ["--store", str(tmp_path / "store"), "--broker", "mqtt://127.0.0.1:1"]
        assert main(["collect", *to, "--metrics", str(port)]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert "choose another port" in said


def test_who_asks_and_never_reads_holds_nobody_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.metrics.page.DEADLINE_S", 0.2)
    with (
        MetricsPage("0", OfCollector(Meters(), lambda: None)) as page,
        socket.create_connection((HOST, page.port)),
    ):
        assert read(page.port)


def test_pages_tell_how_old_they_are(tmp_path: Path, mosquitto: Mosquitto) -> None:
    world, port, stop = World(tmp_path, mosquitto.port, NOW), free_port(), threading.Event()
    meters = PageMeters()
    address = Tcp(HOST, mosquitto.port)
    writer = Writer(world.office, tmp_path / "pages", address, Login("w", "", ""), meters=meters)
    thread = threading.Thread(target=writer.run, args=(stop,), name="pages written")
    wait = Wait(as_of=NOW, day=NOW.date(), session="s", valid_s=600, waiting=0, services=[])
    with (
        of_pages(str(port), meters),
        Link(address, Login("d", "", ""), lambda _: None) as desk,
    ):
        thread.start()
        try:

            def heard(figures: Figures) -> bool:
                desk.publish("lobby/v1/SUED/EINGANG/wait", encode(wait))
                return figures.get(("lobby_wait_pages_written_total", ""), 0) > 10 and 0 in {
                    value for (name, _), value in figures.items() if name.endswith("page_stale")
                }

            figures = read_until(port, heard)
            assert figures["lobby_wait_pages_connected", ""] == 1
        finally:
            stop.set()
            thread.join(DEADLINE_S)
    # Which is which, by lobby: the parser above keeps the site alone.
    of = {(each.site, each.lobby): each for each in meters.lobbies}
    assert not of["SUED", "EINGANG"].stale
    assert of["SUED", "NEU"] == LobbyAge("SUED", "NEU", None, stale=True)


def test_lobby_that_was_never_heard_has_no_age_of_nought() -> None:
    meters = PageMeters()
    meters.lobbies = (LobbyAge("SUED", "NEU", None, stale=True),)
    (age, stale, *_) = OfPages(meters, lambda: datetime.now(UTC).timestamp()).collect()
    assert math.isnan(age.samples[0].value)
    assert stale.samples[0].value == 1
