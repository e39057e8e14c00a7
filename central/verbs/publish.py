"""`lobby-central publish`: tells the lobbies, by the central broker, who is booked."""

from __future__ import annotations

import logging
import secrets
import signal
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from appliance.bus.addresses import Identity, read_address
from appliance.bus.link import Login
from appliance.checkin.keys import TrustError, read_root, read_trust_list
from appliance.config import read_secret
from appliance.service_manager import ServiceManager
from central.bookings.office_file import load
from central.bookings.plan import WRITER, SignedList
from central.bookings.publisher import Publisher
from central.bookings.store import Store
from central.keys.key_files import KeyringError
from central.keys.keyring import Keyring
from central.pulse import Pulse
from central.texts import languages
from central.verbs.arguments import add_office, add_verb

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from appliance.bus.link import Address
    from central.bookings.office import BrokerPlace
    from central.verbs.arguments import Parser, Verbs


def add(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(verbs, "publish", "tell the lobbies, by the broker, who is booked")
    add_office(parser)
    parser.add_argument("--all", action="store_true", help="also what the broker has confirmed")
    parser.add_argument("--watch", action="store_true", help="go on, and tell every change")
    parser.set_defaults(do=_publish)


def _publish(options: argparse.Namespace) -> Iterator[str]:
    office = load(options.office, languages=languages())
    address = _address(office.broker)
    password = read_secret(office.broker.password) if office.broker.password else ""
    keyring = Keyring(office.files.keys)
    with Store(office.files.store) as store:
        publisher = Publisher(
            office,
            store,
            _trust_reader(keyring),
            address,
            # One that watches and one that does not shall not push each other out.
            Login(f"{WRITER}-{secrets.token_hex(4)}", office.broker.login, password),
            lambda: datetime.now(UTC),
        )
        if options.watch:
            logging.basicConfig(level=logging.WARNING, format="%(message)s")
            pulse = Pulse(ServiceManager.from_environment())
            yield from publisher.watch(_until_told(), everything=options.all, beat=pulse)
            pulse.stopping()
        else:
            yield from publisher.once(everything=options.all)


def _address(broker: BrokerPlace) -> Address:
    # Where one is missing the address is mqtt://, which has no use for them: see `office_file`.
    files = (each or Path() for each in (broker.ca, broker.certificate, broker.key))
    return read_address(broker.url, Identity(*files))


def _trust_reader(keyring: Keyring) -> Callable[[], SignedList | None]:
    """Give what reads the trust list, afresh when its file changed."""
    path, last = keyring.trust_path, None

    def read() -> SignedList | None:
        nonlocal last
        if not path.exists():
            return None
        changed = path.stat().st_mtime_ns
        if last is None or last[0] != changed:
            last = (changed, _signed_list(keyring, path))
        return last[1]

    return read


def _signed_list(keyring: Keyring, path: Path) -> SignedList:
    try:
        # What no Pi would take is not sent to any.
        trust = read_trust_list(path, read_root(keyring.root_path))
        return SignedList(trust.sequence, path.read_bytes())
    except (OSError, TrustError) as error:
        raise KeyringError(f"{path} cannot be published: {error}") from error


def _until_told() -> Event:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
