"""`lobby-central collect`: stores what happened in the lobbies."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from appliance.bus.addresses import Identity, read_address
from appliance.bus.link import Login
from appliance.config import read_secret
from appliance.service_manager import ServiceManager
from central.metrics.meters import Meters
from central.metrics.shown import of_collector
from central.pulse import Pulse
from central.verbs.arguments import add_broker, add_metrics, add_store, add_verb, zone

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs

LOGIN = "collector"
BERLIN = "Europe/Berlin"


def add(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(verbs, "collect", "store the events of all devices, until told to end")
    add_store(parser)
    parser.add_argument(
        "--pseudonym-keys",
        type=Path,
        metavar="FOLDER",
        help="keys of the sites, made when they are needed; default: beside the file",
    )
    parser.add_argument(
        "--timezone",
        type=zone,
        default=zone(BERLIN),
        metavar="ZONE",
        help=f"in which all sites count their days; default: {BERLIN}",
    )
    add_broker(parser)
    add_metrics(parser)
    tls = parser.add_argument_group("TLS", "PEM files; not used with mqtt:// to this machine")
    tls.add_argument("--ca", type=Path, default=Path("ca.pem"), help="default: ./ca.pem")
    tls.add_argument(
        "--certificate", type=Path, default=Path("collector.pem"), help="default: ./collector.pem"
    )
    tls.add_argument(
        "--key", type=Path, default=Path("collector.key"), help="default: ./collector.key"
    )
    parser.add_argument(
        "--login", default=LOGIN, help=f"client id, and with a password the name ({LOGIN})"
    )
    parser.add_argument(
        "--password", type=Path, metavar="FILE", help="holds the password, where one is needed"
    )
    parser.set_defaults(do=_collect)


def _collect(options: argparse.Namespace) -> Iterator[str]:
    # SQLAlchemy takes longer to import than all else that `lobby-central` does.
    from central.collector.collecting import Collector  # noqa: PLC0415
    from central.collector.database import Database  # noqa: PLC0415
    from central.collector.store import Store  # noqa: PLC0415
    from central.statistics.keeping import Keeper  # noqa: PLC0415
    from central.statistics.pseudonyms import Pseudonyms  # noqa: PLC0415

    identity = Identity(options.ca, options.certificate, options.key)
    address = read_address(options.broker, identity, options.proxy)
    password = read_secret(options.password) if options.password else ""
    login = Login(options.login, options.login if password else "", password)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    meters, pulse = Meters(), Pulse(ServiceManager.from_environment())
    file = Database(options.store).file
    keys = Pseudonyms(options.pseudonym_keys or _keys_beside(file))
    with (
        Store(options.store, options.timezone) as store,
        of_collector(options.metrics, meters, file),
    ):
        keeper = Keeper(store, keys)
        collector = Collector(store, address, login, meters=meters, beat=pulse, between=keeper.step)
        yield f"collecting into {store.name}, store {store.id}"
        collector.run(stop)
        pulse.stopping()
    new = collector.counted["new"]
    yield f"stored {new} events"


def _keys_beside(file: Path | None) -> Path:
    if file is not None:
        return file.with_name(f"{file.name}.keys")
    # Of a server's database: where the service manager lets us keep things.
    return Path(os.environ.get("STATE_DIRECTORY", "."), "pseudonyms.keys")
