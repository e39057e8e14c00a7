"""From settings to the central broker: the link, what goes up, and what comes down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from appliance import __version__, config

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.link import Link
    from appliance.bus.topics import Topics
    from appliance.desk.daybooks import DayBooks
    from appliance.desk.from_issuer import FromIssuer
    from appliance.desk.reception import Trust
    from appliance.desk.uplink import FromUplink, Uplink
    from appliance.drivers.clock import Clock
    from appliance.journal.keeping import Keeping


class Upwards(NamedTuple):
    """The way to the central broker.

    Args:
        link: The connection, not yet open.
        uplink: What goes over it.
        taking: Who takes what comes.
    """

    link: Link
    uplink: Uplink
    taking: FromIssuer


def upwards(
    chosen: config.Uplink,
    topics: Topics,
    clock: Clock,
    session: str,
    *,
    journal: Keeping,
    trust: Trust,
    books: DayBooks,
    hand_on: Callable[[FromUplink], None],
) -> Upwards | None:
    """Build the way to the central broker; None: this lobby has none.

    Args:
        chosen: How it is reached.
        topics: The lobby's tree.
        clock: Of the machine.
        session: Random per start of the desk.
        journal: What is sent from.
        trust: Who takes the trust list.
        books: Who takes the bookings.
        hand_on: Takes what the connection hands on, from its thread.
    """
    from appliance.bus.addresses import Identity, read_address
    from appliance.bus.certificates import expires
    from appliance.bus.link import Link, Login
    from appliance.bus.outbox import Outbox
    from appliance.desk.from_issuer import FromIssuer
    from appliance.desk.uplink import FromUplink, Takers, Uplink, last_will, subscriptions

    if chosen.broker is None:
        return None
    started = clock.now()
    identity = Identity(chosen.ca, chosen.certificate, config.handed_over(chosen.key))
    link = Link(
        read_address(chosen.broker, identity, _proxy(chosen)),
        Login(topics.device, "", ""),
        lambda item: hand_on(FromUplink(item)),
        subscriptions=subscriptions(topics),
        will=last_will(topics, session, __version__, started),
        canary=topics.canary(topics.device),
        clock_sure=clock.synchronised,
    )
    taking = FromIssuer(trust, books, lambda: uplink.online)
    uplink = Uplink(
        link,
        topics,
        Outbox(topics.device, journal),
        Takers(taking.bookings, taking.cancelled, taking.keys),
        session=session,
        version=__version__,
        started=started,
        expires=partial(expires, chosen.certificate),
    )
    return Upwards(link, uplink, taking)


def _proxy(chosen: config.Uplink) -> str:
    """Give the proxy's address, with what it wants to know of us."""
    if chosen.proxy_login is None or not chosen.proxy:
        return chosen.proxy
    scheme, _, host = chosen.proxy.partition("://")
    return f"{scheme}://{config.read_secret(chosen.proxy_login)}@{host}"
