"""`lobby-central dashboard` and `lobby-central curves`: all lobbies at a glance, now and today."""

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
from appliance.service_manager import ServiceManager
from central.access import inventory_file
from central.bookings import office_file
from central.dashboard.keeping import Keeper
from central.dashboard.laying import lay_out
from central.pulse import Pulse
from central.texts import languages
from central.verbs.arguments import add_broker, add_office, add_verb

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs

LOGIN = "curves"


def add(verbs: Verbs[Parser]) -> None:
    """Add both."""
    pages = add_verb(verbs, "dashboard", "lay out the dashboard for a web server")
    pages.add_argument(
        "--inventory", type=Path, required=True, metavar="FILE", help="what there is (TOML)"
    )
    add_office(pages, required=False)
    pages.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="what the web server shows"
    )
    pages.set_defaults(do=_dashboard)
    curves = add_verb(verbs, "curves", "keep the day's curves of all lobbies, until told to end")
    add_broker(curves)
    tls = curves.add_argument_group("TLS", "PEM files; not used with mqtt:// to this machine")
    for name, what in (
        ("ca", "ca.pem"),
        ("certificate", f"{LOGIN}.pem"),
        ("key", f"{LOGIN}.key"),
    ):
        tls.add_argument(f"--{name}", type=Path, default=Path(what), help=f"default: ./{what}")
    curves.add_argument(
        "--login", default=LOGIN, help=f"client id, and with a password the name ({LOGIN})"
    )
    curves.add_argument(
        "--password", type=Path, metavar="FILE", help="holds the password, where one is needed"
    )
    curves.set_defaults(do=_curves)


def _dashboard(options: argparse.Namespace) -> Iterator[str]:
    inventory = inventory_file.load(options.inventory)
    office = None
    if options.office:
        office = office_file.load(options.office, languages=languages())
    count = lay_out(inventory, office, options.out)
    yield f"{options.out}: {count} files"
    if not inventory.dashboards:
        yield "the inventory has no [[dashboard]]: nobody can log in"


def _curves(options: argparse.Namespace) -> Iterator[str]:
    identity = Identity(options.ca, options.certificate, options.key)
    address = read_address(options.broker, identity, options.proxy)
    password = read_secret(options.password) if options.password else ""
    login = Login(options.login, options.login if password else "", password)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    yield "keeping the curves of the day"
    pulse = Pulse(ServiceManager.from_environment())
    Keeper(address, login, pulse).run(stop)
    pulse.stopping()
