"""The notify protocol, as systemd speaks it: a datagram to a socket, and no harm without one."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest

from appliance.service_manager import ServiceManager

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("abstract", [False, True])
def test_states_arrive(tmp_path: Path, *, abstract: bool) -> None:
    name = f"lobby-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name if abstract else name)
        systemd.settimeout(5)
        manager = ServiceManager("@" + name if abstract else name)
        manager.ready()
        manager.feed_watchdog()
        manager.stopping()
        assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    ServiceManager.from_environment().ready()


def test_manager_that_is_gone_is_logged_and_survived(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        ServiceManager(str(tmp_path / "gone")).feed_watchdog()
    assert "does not hear WATCHDOG=1" in caplog.text
