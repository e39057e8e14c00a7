"""The collector itself counts, while it collects: from a broker to a table on a terminal."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance.bus.messages.payload import encode
from appliance.line import events
from bench.made_day import ZONE
from central.cli import main
from tests.support.collecting import Collecting
from tests.support.played_days import Device

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.broker import Mosquitto

DEADLINE_S = 30.0


def visitors(capsys: pytest.CaptureFixture[str], store: Path, month: str) -> object:
    """Ask as somebody at a terminal does."""
    asked = ["statistics", "--store", str(store), "--site", "SUED", "--month", month, "--json"]
    if main(asked) != 0:
        return None
    return json.loads(capsys.readouterr().out)["total"][""]["visitors"]


def test_what_devices_send_is_in_the_statistics_without_anybodys_doing(
    tmp_path: Path, mosquitto: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    device, store = Device(), tmp_path / "store"
    # Of a day that is over, which is counted again at once, should a part of it come later.
    at = datetime.now(ZONE).replace(hour=12, microsecond=0) - timedelta(days=1)
    said = device.say(*(events.TicketIssued(at, f"A{n:03}", n, "A1") for n in range(1, 8)))
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    with Collecting(store, mosquitto.port):
        client.connect(mosquitto.host, mosquitto.port)
        client.loop_start()
        until_s = time.monotonic() + DEADLINE_S
        counted = None
        while counted != 7 and time.monotonic() < until_s:
            # A player is no outbox: it says all again until somebody heard it.
            for topic, event in said:
                sent = client.publish(topic.removesuffix("ack") + "evt", encode(event), qos=1)
                sent.wait_for_publish(DEADLINE_S)
            counted = visitors(capsys, store, f"{at:%Y-%m}")
        client.disconnect()
        client.loop_stop()
    assert counted == 7
