"""`lobby-central doctor`: what is to be looked at, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.bus.addresses import Anchor, Identity, read_address
from appliance.bus.link import Login
from appliance.config import read_secret
from central.bookings.office_file import load
from central.texts import languages
from central.verbs.arguments import add_office, add_verb

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.bookings.office import Office
    from central.doctor.broker import Caller
    from central.verbs.arguments import Parser, Verbs

ISSUER = "issuer"


def add(verbs: Verbs[Parser]) -> None:
    """Add the verb."""
    parser = add_verb(verbs, "doctor", "look at everything at the centre, and say what to do")
    add_office(parser, required=False)
    parser.add_argument("--store", metavar="FILE|URL", help="the collector's database")
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="the pages at home")
    parser.add_argument("--backups", type=Path, metavar="FOLDER", help="where copies are")
    parser.add_argument("--broker", metavar="URL", help="where the collector connects")
    parser.add_argument("--proxy", default="", metavar="URL", help="http://host:port")
    parser.add_argument("--ca", type=Path, default=Path("ca.pem"), help="default: ./ca.pem")
    parser.add_argument("--certificate", type=Path, default=Path("collector.pem"))
    parser.add_argument("--key", type=Path, default=Path("collector.key"))
    parser.add_argument("--login", default="collector", help="default: collector")
    parser.add_argument("--password", type=Path, metavar="FILE", help="holds its password")
    parser.add_argument("--dashboards", metavar="URL", help="where dashboards connect")
    parser.add_argument("--dashboard", default="dashboard.wait", metavar="LOGIN")
    parser.add_argument("--dashboard-password", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(do=_doctor)


def _doctor(options: argparse.Namespace) -> Iterator[str]:
    # Each other verb starts without what this one needs.
    from central.doctor.examining import Place, examine, run, tell, tell_json  # noqa: PLC0415

    office = load(options.office, languages=languages()) if options.office else None
    place = Place(
        tuple(_callers(options, office)), office, options.store, options.pages, options.backups
    )
    findings = examine(place, datetime.now(UTC), run)
    yield from (tell_json if options.json else tell)(findings)


def _callers(options: argparse.Namespace, office: Office | None) -> Iterator[Caller]:
    from central.doctor.broker import collector, dashboard, issuer  # noqa: PLC0415  (see above)

    if options.broker:
        identity = Identity(options.ca, options.certificate, options.key)
        login = _login(options.login, options.password)
        yield collector(read_address(options.broker, identity, options.proxy), login)
    if options.dashboards:
        address = read_address(options.dashboards, Anchor(options.ca), options.proxy)
        yield dashboard(address, _login(options.dashboard, options.dashboard_password))
    if office:
        place = office.broker
        files = (each or Path() for each in (place.ca, place.certificate, place.key))
        password = read_secret(place.password) if place.password else ""
        address = read_address(place.url, Identity(*files))
        yield issuer(address, Login(ISSUER, place.login, password))


def _login(name: str, password: Path | None) -> Login:
    secret = read_secret(password) if password else ""
    return Login(name, name if secret else "", secret)
