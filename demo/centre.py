"""The other end of the uplink: a central broker and the collector, on this machine, without TLS.

So that the network can be cut: the board then shows its small sign, and once it is back, what was
kept meanwhile is sent and acknowledged.
"""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.broker import free_port, program

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
user {user}
"""
SETTINGS = """
[uplink]
broker = "{url}"
"""


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre that is ready to be started.

    Args:
        broker: Starts its broker.
        collector: Starts what stores the events.
        settings: What is added to the lobby's configuration.
    """

    broker: tuple[str, ...]
    collector: tuple[str, ...]
    settings: str


def set_up(folder: Path) -> Centre:
    """Write all that the centre needs into `folder`.

    Raises:
        BrokerError: mosquitto is not installed.
    """
    mosquitto = program("mosquitto")
    folder.mkdir(mode=0o700)
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(CONFIG.format(port=port, user=getpass.getuser()))
    url = f"mqtt://127.0.0.1:{port}"
    collect = ("collect", "--store", str(folder / "store"), "--broker", url)
    return Centre(
        broker=(mosquitto, "-c", str(config)),
        collector=(sys.executable, "-m", "central.cli", *collect),
        settings=SETTINGS.format(url=url),
    )
