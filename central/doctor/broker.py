"""The broker: is it there, does it know us, may we do what we must, and nothing else?

Rights are tried, not read: a topic of a lobby that no office has (`DOCTOR`), never retained, with a
client id of our own, so that the process whose login it is stays connected. MQTT 5 says in a PUBACK
that a message was refused; some brokers hang up instead, which is a refusal as well.
"""

from __future__ import annotations

import secrets
import ssl
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from cryptography import x509

from appliance.bus.access import central_canary
from appliance.bus.addresses import Identity, Tls
from appliance.bus.certificates import expires
from appliance.bus.dialling import IdentityError, dial
from appliance.bus.link import (
    Acknowledged,
    Address,
    Connected,
    Disconnected,
    Hitch,
    Link,
    Login,
)
from appliance.bus.topics import Topics
from appliance.findings import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from appliance.bus.link import Inbound
    from appliance.findings import Finding

BROKER, RIGHTS, CERTIFICATES = Part("broker"), Part("rights"), Part("certificates")
SOON_DAYS: Final = 30
NOWHERE: Final = Topics("DOCTOR", "DOCTOR", "doctor")
_ISSUED: Final = (f"{NOWHERE.prefix}bookings/2000-01-01", NOWHERE.keys)
NOBODY_LISTENS: Final = 0x10
"""A PUBACK's reason (MQTT 5, 3.4.2.1) that is no refusal."""
ANSWER_S: Final = 5.0
CONNECT_S: Final = 15.0
TO_DO: Final = {
    Hitch.NO_ANSWER: "See whether the broker runs, and whether a firewall lets this port through.",
    Hitch.CERTIFICATE: "Compare --ca with who signed for the broker, and its name with the URL.",
    Hitch.REFUSED: "The broker knows no such login: put there what lobby-central acl makes.",
    Hitch.LOST: "See the broker's log: it let us in and hung up.",
    Hitch.DEAF: "It may not hear its own canary: put there what lobby-central acl makes.",
    Hitch.TAKEN: "Another client has this client id: end it.",
    Hitch.FAILED: "This is a mistake of ours: please report it with the log.",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who connects.

    Args:
        address: The broker.
        login: Who we are.
        may: What it must be able to say.
        may_not: What it must be refused.
    """

    address: Address
    login: Login
    may: tuple[str, ...]
    may_not: tuple[str, ...]

    @property
    def name(self) -> str:
        """How it is called in the access list."""
        return self.login.name or self.login.client_id


def collector(address: Address, login: Login) -> Caller:
    """Give who acknowledges events, and does nothing else."""
    topics = (*_ISSUED, NOWHERE.events, NOWHERE.board, NOWHERE.command("counter.1", "next"))
    return Caller(address, login, (NOWHERE.ack,), topics)


def issuer(address: Address, login: Login) -> Caller:
    """Give who writes bookings and keys, and nothing else."""
    topics = (NOWHERE.ack, NOWHERE.events, NOWHERE.board, NOWHERE.command("counter.1", "next"))
    return Caller(address, login, _ISSUED, topics)


def dashboard(address: Address, login: Login) -> Caller:
    """Give who only looks."""
    topics = (NOWHERE.ack, NOWHERE.board, NOWHERE.wait, NOWHERE.command("counter.1", "next"))
    return Caller(address, login, (), (*_ISSUED, *topics))


def connection(caller: Caller) -> Iterator[Finding]:
    """Look whether the broker lets a login in, and what it may say there."""
    inbox: SimpleQueue[Inbound] = SimpleQueue()
    login = caller.login
    apart = Login(f"{login.client_id}-doctor-{secrets.token_hex(3)}", login.name, login.password)
    link = Link(caller.address, apart, inbox.put, canary=central_canary(caller.name))
    with link:
        if _next(inbox, CONNECT_S, lambda item: isinstance(item, Connected)) is None:
            hitch = link.hitch or Hitch.NO_ANSWER
            what = f"{caller.address} does not let {caller.name} in ({hitch.replace('_', ' ')})."
            yield BROKER.wrong(what, TO_DO[hitch])
            return
        yield BROKER.fine(f"{caller.address} lets {caller.name} in, and it hears itself.")
        yield from _rights(caller, link, inbox)


def _rights(caller: Caller, link: Link, inbox: SimpleQueue[Inbound]) -> Iterator[Finding]:
    too_much: list[str] = []
    too_little: list[str] = []
    for topics, wanted, other in (
        (caller.may, True, too_little),
        (caller.may_not, False, too_much),
    ):
        for topic in topics:
            said = _may_say(topic, link, inbox)
            if said is None:
                yield RIGHTS.not_tried(f"The broker says neither yes nor no to {topic}.")
            elif said is not wanted:
                other.append(topic.removeprefix(NOWHERE.prefix))
    for found, what in ((too_much, "may say what it must not"), (too_little, "may not say")):
        if found:
            yield RIGHTS.wrong(
                f"{caller.name} {what}: {', '.join(found)}.",
                "Put the access list that lobby-central acl makes of the inventory on the broker.",
            )
    if not too_much and not too_little:
        yield RIGHTS.fine(f"{caller.name} may say what it must, and nothing else that was tried.")


def _may_say(topic: str, link: Link, inbox: SimpleQueue[Inbound]) -> bool | None:
    """Say something where nobody listens; None: no answer."""
    until_s = time.monotonic() + CONNECT_S
    while not (sent := link.publish(topic, b"{}")):
        # It hung up after the last one, and comes back.
        if _next(inbox, until_s - time.monotonic(), lambda _: True) is None:
            return None
    answer = _next(
        inbox,
        ANSWER_S,
        lambda item: (
            isinstance(item, Disconnected)
            or (isinstance(item, Acknowledged) and item.message_id == sent)
        ),
    )
    match answer:
        case Acknowledged():
            return answer.refusal in {0, NOBODY_LISTENS}
        case Disconnected():
            return False
        case _:
            return None


def _next(
    inbox: SimpleQueue[Inbound], within_s: float, wanted: Callable[[Inbound], bool]
) -> Inbound | None:
    until_s = time.monotonic() + within_s
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            item = inbox.get(timeout=left_s)
        except Empty:
            return None
        if wanted(item):
            return item
    return None


def certificates(addresses: Sequence[Address], now: datetime) -> Iterator[Finding]:
    """Look until when certificates count: ours, who signs, and the brokers' own."""
    told = set()
    for address in addresses:
        if not isinstance(address, Tls):
            continue
        identity = address.identity
        files = [identity.ca] + ([identity.certificate] if isinstance(identity, Identity) else [])
        for path in files:
            if path not in told:
                told.add(path)
                yield _judged(str(path), expires(path), now)
        yield _judged(f"the broker's at {address}", _of_broker(address), now)


def _judged(what: str, until: datetime | None, now: datetime) -> Finding:
    if until is None:
        return CERTIFICATES.wrong(
            f"No certificate can be read: {what}.", "Put it there, and see that it can be read."
        )
    days = (until - now).days
    if days < SOON_DAYS:
        said = f"counts for {days} days" if days >= 0 else "counts no more"
        return CERTIFICATES.wrong(
            f"The certificate {what} {said} (until {until:%Y-%m-%d}).",
            "Make a new key and request, and have lobby-central ca sign do the rest"
            " (docs/access.md).",
        )
    return CERTIFICATES.fine(f"The certificate {what} counts until {until:%Y-%m-%d}.")


def _of_broker(address: Tls) -> datetime | None:
    try:
        # What has run out shall be told by its date.
        with dial(address, check_dates=False) as secure:
            if not isinstance(secure, ssl.SSLSocket):
                return None
            shown = secure.getpeercert(binary_form=True)
    except (OSError, IdentityError):
        return None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None
