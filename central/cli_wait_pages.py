"""`lobby-central wait-pages`: the wait at home, and the pages behind the slips' QR."""

from __future__ import annotations

import logging
import secrets
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from appliance.bus.addresses import Anchor, read_address
from appliance.bus.link import Login
from appliance.config import read_secret
from appliance.errors import LobbyError
from central.cli_arguments import add_broker, add_office, add_verb
from central.office_file import load
from central.texts import languages
from central.waiting.writer import Writer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.cli_arguments import Parser, Verbs


class PagesError(LobbyError):
    """The pages cannot be written; the sentence says why."""


def add_wait_pages(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    what = "write the pages of waits and numbers, until told to end"
    parser = add_verb(verbs, "wait-pages", what)
    add_office(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="what a web server shows"
    )
    add_broker(parser)
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
    try:
        Writer(office, options.out, address, login).run(stop)
    except OSError as error:
        raise PagesError(f"cannot write {options.out}: {error.strerror}") from error
