"""`lobby-central wait-pages`: the wait at home, and the pages behind the slips' QR."""

from __future__ import annotations

import logging
import secrets
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from appliance.bus.addresses import Anchor, read_address
from appliance.bus.link import Login
from appliance.config import read_secret
from appliance.errors import LobbyError
from appliance.service_manager import ServiceManager
from central.bookings.office_file import load
from central.metrics.meters import PageMeters
from central.metrics.shown import of_pages
from central.pulse import Pulse
from central.texts import languages
from central.verbs.arguments import add_broker, add_metrics, add_office, add_verb
from central.waiting.learned import Learned
from central.waiting.writer import Writer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs


class PagesError(LobbyError):
    """The pages cannot be written; the sentence says why."""


def add(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    what = "write the pages of waits and numbers, until told to end"
    parser = add_verb(verbs, "wait-pages", what)
    add_office(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="what a web server shows"
    )
    parser.add_argument(
        "--learned",
        type=Path,
        metavar="FILE",
        help="keep there how long one waits at which hour, and tell better times today",
    )
    add_broker(parser)
    add_metrics(parser)
    parser.add_argument(
        "--ca", type=Path, default=Path("ca.pem"), help="who signs for the broker: ./ca.pem"
    )
    parser.add_argument(
        "--login", default="dashboard.wait", help="with `follow = true` in the inventory"
    )
    parser.add_argument("--password", type=Path, metavar="FILE", help="holds its password")
    parser.set_defaults(do=_pages)


def _pages(options: argparse.Namespace) -> Iterator[str]:
    office = load(options.office, languages=languages())
    address = read_address(options.broker, Anchor(options.ca), options.proxy)
    password = read_secret(options.password) if options.password else ""
    # One that is being replaced and its successor shall not push each other out.
    client = f"{options.login}-{secrets.token_hex(4)}"
    login = Login(client, options.login if password else "", password)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    yield f"writing into {options.out}"
    meters, pulse = PageMeters(), Pulse(ServiceManager.from_environment())
    try:
        with ExitStack() as stack:
            stack.enter_context(of_pages(options.metrics, meters))
            learned = stack.enter_context(Learned(options.learned)) if options.learned else None
            writer = Writer(
                office, options.out, address, login, learned=learned, meters=meters, beat=pulse
            )
            writer.run(stop)
            pulse.stopping()
    except OSError as error:
        raise PagesError(f"cannot write {options.out}: {error.strerror}") from error
