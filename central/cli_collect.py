"""`lobby-central collect`: stores what happened in the lobbies."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from appliance.bus.addresses import Identity, read_address
from appliance.bus.link import Login
from appliance.config import read_secret
from central.cli_arguments import add_broker, add_verb
from central.collect import Collector
from central.collect_store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.cli_arguments import Parser, Verbs

LOGIN = "collector"


def add_collect(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(verbs, "collect", "store the events of all devices, until told to end")
    parser.add_argument("--store", type=Path, required=True, metavar="FILE", help="the database")
    add_broker(parser)
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
    identity = Identity(options.ca, options.certificate, options.key)
    address = read_address(options.broker, identity, options.proxy)
    password = read_secret(options.password) if options.password else ""
    login = Login(options.login, options.login if password else "", password)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Store(options.store) as store:
        collector = Collector(store, address, login)
        yield f"collecting into {options.store}, store {store.id}"
        collector.run(stop)
    new = collector.counted["new"]
    yield f"stored {new} events"
