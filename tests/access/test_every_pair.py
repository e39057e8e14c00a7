"""Every login tries every topic, to say and to hear it, at brokers that run on the files as made.

What is allowed is written down here from the table of topics, not from the code. A SUBACK says
"granted" to anything, so what is heard is tried with messages.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from appliance.bus.link import Connected
from tests.access.fleet import GOD, MARKER, WITNESS
from tests.access.someone import NOT_AUTHORIZED, Someone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.access.fleet import Broker, Fleet

HERE: Final = "lobby/v1/SUED/EINGANG"
DESK, SCANNER, BOARD = (f"proc.sued.eingang-1.{p}" for p in ("desk", "scanner", "board"))
FAR_SCANNER, FAR_BOARD = "proc.sued.hof-1.scanner", "proc.sued.hof-1.board"
COUNTERS: Final = ("counter.1", "counter.2")
STAFF: Final = ("staff.console", "staff.reception-1")
KIOSKS: Final = ("kiosk.entrance", "kiosk.yard")
CALLERS: Final = (*COUNTERS, *STAFF, *KIOSKS)
WIDE: Final = ("#", "$SYS/#")
ALL_ON_THE_BUS: Final = (DESK, SCANNER, BOARD, FAR_SCANNER, FAR_BOARD, *CALLERS)

# Topic → who says it, who hears it.
ON_THE_BUS: Final[Mapping[str, tuple[Iterable[str], Iterable[str]]]] = {
    f"{HERE}/dev/sued.eingang-1/status": ((), ()),
    f"{HERE}/dev/sued.eingang-1/health": ((DESK,), STAFF),
    f"{HERE}/dev/sued.eingang-1/evt": ((), ()),
    f"{HERE}/dev/sued.eingang-1/ack": ((), ()),
    f"{HERE}/dev/sued.hof-1/evt": ((), ()),
    f"{HERE}/scan": ((SCANNER, FAR_SCANNER), (DESK,)),
    f"{HERE}/proc/sued.eingang-1/desk": ((DESK,), (DESK, *STAFF)),
    f"{HERE}/proc/sued.eingang-1/scanner": ((SCANNER,), (DESK, *STAFF)),
    f"{HERE}/proc/sued.eingang-1/board": ((BOARD,), (DESK, *STAFF)),
    f"{HERE}/proc/sued.hof-1/desk": ((), (DESK, *STAFF)),
    f"{HERE}/proc/sued.hof-1/scanner": ((FAR_SCANNER,), (DESK, *STAFF)),
    f"{HERE}/proc/sued.hof-1/board": ((FAR_BOARD,), (DESK, *STAFF)),
    # A screen for visitors logs in as the kiosk that it is.
    f"{HERE}/proc/sued.yard-1/kiosk": (("kiosk.yard",), (DESK, *STAFF)),
    f"{HERE}/proc/sued.eingang-1/kiosk": ((), (DESK, *STAFF)),
    f"{HERE}/proc/sued.yard-1/board": ((), (DESK, *STAFF)),
    f"{HERE}/kiosk/entrance/result": ((DESK,), (BOARD, FAR_BOARD, "kiosk.entrance")),
    f"{HERE}/kiosk/yard/result": ((DESK,), (BOARD, FAR_BOARD, "kiosk.yard")),
    **{f"{HERE}/{caller}/cmd/next": ((caller,), (DESK,)) for caller in CALLERS},
    **{f"{HERE}/{caller}/reply/abc": ((DESK,), (caller,)) for caller in CALLERS},
    f"{HERE}/counter.3/cmd/next": ((), (DESK,)),
    # The same prefix, and a login of no lobby.
    f"{HERE}/counter.1/cmd/next/again": ((), ()),
    f"{HERE}/counter.1": ((), ()),
    f"{HERE}/tickets": ((DESK,), (*COUNTERS, *STAFF)),
    # Only at the centre.
    f"{HERE}/today": ((), ()),
    f"{HERE}/board": ((DESK,), (DESK, BOARD, FAR_BOARD, *CALLERS)),
    f"{HERE}/wait": ((DESK,), (BOARD, FAR_BOARD, *CALLERS)),
    f"{HERE}/wait/A10": ((DESK,), CALLERS),
    f"{HERE}/promise": ((DESK,), (*COUNTERS, *STAFF)),
    f"{HERE}/alarms": ((DESK,), (*COUNTERS, *STAFF)),
    # Only on the uplink.
    f"{HERE}/follow/abc": ((), ()),
    f"{HERE}/bookings/2026-03-02": ((), ()),
    f"{HERE}/cancelled/2026-03-02": ((), ()),
    f"{HERE}/keys": ((), ()),
    # Each login sings to itself.
    **{f"{HERE}/canary/{login}": ((login,), (login,)) for login in ALL_ON_THE_BUS},
    "lobby/v1/canary/counter.1": ((), ()),
    "lobby/v1/SUED/NEU/board": ((), ()),
    "lobby/v1/SUED/NEU/counter.1/cmd/next": ((), ()),
    "lobby/v1/NORD/EINGANG/board": ((), ()),
    "lobby/v2/SUED/EINGANG/board": ((), ()),
    "anything": ((), ()),
    "$SYS/broker/version": ((), ()),
}

DEVICES: Final = {
    "sued.eingang-1": "lobby/v1/SUED/EINGANG",
    "sued.neu-1": "lobby/v1/SUED/NEU",
    "nord.eingang-1": "lobby/v1/NORD/EINGANG",
}
SATELLITE: Final = "sued.hof-1"
CITY, SOUTH = "dashboard.city", "dashboard.south"
OFFICE: Final = ("issuer", "collector", "curves")
ALL_AT_THE_CENTRE: Final = (*DEVICES, SATELLITE, *OFFICE, CITY, SOUTH)


def _of_device(device: str, at: str) -> Mapping[str, tuple[Iterable[str], Iterable[str]]]:
    """Give what the centre has of a lobby."""
    lookers = (CITY, SOUTH) if "/SUED/" in at else (CITY,)
    followers = (SOUTH,) if "/SUED/" in at else ()
    return {
        f"{at}/dev/{device}/status": ((device,), (device, "collector", *lookers)),
        f"{at}/dev/{device}/evt": ((device,), ("collector",)),
        f"{at}/dev/{device}/ack": (("collector",), (device, "collector")),
        f"{at}/dev/{device}/health": ((device,), lookers),
        f"{at}/board": ((device,), lookers),
        f"{at}/wait": ((device,), ("curves", *lookers)),
        f"{at}/wait/A10": ((device,), lookers),
        f"{at}/promise": ((device,), ("curves", *lookers)),
        f"{at}/today": (("curves",), ("curves", *lookers)),
        f"{at}/alarms": ((device,), lookers),
        f"{at}/follow/abc": ((device,), followers),
        f"{at}/bookings/2026-03-02": (("issuer",), (device,)),
        f"{at}/cancelled/2026-03-02": (("issuer",), (device,)),
        f"{at}/keys": (("issuer",), (device,)),
        f"{at}/canary/{device}": ((device,), (device,)),
        f"{at}/canary/collector": ((), ()),
        # Only on the bus.
        f"{at}/tickets": ((), ()),
        f"{at}/scan": ((), ()),
        f"{at}/proc/{device}/desk": ((), ()),
        f"{at}/kiosk/entrance/result": ((), ()),
        f"{at}/counter.1/cmd/next": ((), ()),
        f"{at}/counter.1/reply/abc": ((), ()),
    }


AT_THE_CENTRE: Final[Mapping[str, tuple[Iterable[str], Iterable[str]]]] = {
    **{
        topic: who
        for device, at in DEVICES.items()
        for topic, who in _of_device(device, at).items()
    },
    # A satellite's certificate opens the door, and nothing behind it: its lobby has one voice.
    f"{HERE}/dev/{SATELLITE}/status": ((), ("collector", CITY, SOUTH)),
    f"{HERE}/dev/{SATELLITE}/evt": ((), ("collector",)),
    f"{HERE}/canary/{SATELLITE}": ((), ()),
    **{f"lobby/v1/canary/{login}": ((login,), (login,)) for login in (*OFFICE, CITY, SOUTH)},
    "lobby/v1/canary/sued.eingang-1": ((), ()),
    "lobby/v2/SUED/EINGANG/board": ((), ()),
    "anything": ((), ()),
    "$SYS/broker/version": ((), ()),
}


def test_on_the_bus_every_login_says_and_hears_just_what_the_table_allows(bus: Broker) -> None:
    def come(login: str, *topics: str) -> Someone:
        return Someone(bus.plain, login, *topics)

    assert set(bus.logins) == set(ALL_ON_THE_BUS)
    says, hears = _tried(bus, ALL_ON_THE_BUS, ON_THE_BUS, come)
    assert says == _expected(ON_THE_BUS, 0)
    assert hears == _expected(ON_THE_BUS, 1)


def test_at_the_centre_every_login_says_and_hears_just_what_the_table_allows(
    fleet: Fleet, centre: Broker
) -> None:
    nobody = fleet.identity("collector")
    identities = {
        login: fleet.identity(login)
        for login in ALL_AT_THE_CENTRE
        if not login.startswith("dashboard.")
    }

    def come(login: str, *topics: str) -> Someone:
        if login not in identities:
            # The certificate is not asked for there, and counts for nothing.
            return Someone(centre.tls("dashboards", nobody), login, *topics)
        listener = "office" if login in OFFICE else "devices"
        address = centre.tls(listener, identities[login])
        return Someone(address, login, *topics, certified=True)

    assert set(centre.logins) == {CITY, SOUTH}
    says, hears = _tried(centre, ALL_AT_THE_CENTRE, AT_THE_CENTRE, come)
    assert says == _expected(AT_THE_CENTRE, 0)
    assert hears == _expected(AT_THE_CENTRE, 1)


def _expected(
    table: Mapping[str, tuple[Iterable[str], Iterable[str]]], which: int
) -> set[tuple[str, str]]:
    return {(login, topic) for topic, who in table.items() for login in who[which]}


def _tried(
    broker: Broker, logins: Iterable[str], topics: Iterable[str], come: Callable[..., Someone]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Give the pairs of login and topic that can be said, and those that are heard."""
    god = Someone(broker.plain, GOD, "#")
    with god.link:
        god.until_heard()
        says = _all_say(logins, topics, come)
        everyone = {login: come(login, *topics, *WIDE, MARKER) for login in logins}
        everyone[WITNESS] = Someone(broker.plain, WITNESS, *WIDE)
        hears = _all_hear(god, everyone, topics)
    # Everything was there to be heard.
    assert {(WITNESS, topic) for topic in topics} <= hears
    return says, {(login, topic) for login, topic in hears if login != WITNESS}


def _all_say(
    logins: Iterable[str], topics: Iterable[str], come: Callable[..., Someone]
) -> set[tuple[str, str]]:
    said = set()
    for login in logins:
        someone = come(login)
        with someone.link:
            someone.until(Connected)
            said |= {(login, topic) for topic in someone.says(topics)}
    return said


def _all_hear(
    god: Someone, everyone: Mapping[str, Someone], topics: Iterable[str]
) -> set[tuple[str, str]]:
    """Have everything said once to all of them at once."""
    # A kept marker shows that the subscriptions stand; one after the others, that all arrived.
    god.refusal(MARKER, b"begin", retain=True)
    heard = set()
    with ExitStack() as closing:
        for someone in everyone.values():
            closing.enter_context(someone.link)
        for login, someone in everyone.items():
            someone.until(Connected)
            # What comes so early was kept for all: what the broker says of itself.
            heard |= {(login, topic) for topic in someone.hears(b"begin")}
        for topic in topics:
            # Of itself nobody but the broker can speak.
            assert god.refusal(topic) == (NOT_AUTHORIZED if topic.startswith("$SYS") else 0)
        god.refusal(MARKER, b"end")
        for login, someone in everyone.items():
            heard |= {(login, topic) for topic in someone.hears(b"end")}
    return heard
