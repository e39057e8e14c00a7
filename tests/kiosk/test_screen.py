"""The kiosk with a finger on it: real events of SDL, a real bus, a real desk, real slips."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

import pygame

from appliance import config, strings
from appliance.bus.addresses import UnixSocket
from appliance.bus.link import Acknowledged, Connected, Inbound, Link, Login, Received
from appliance.bus.messages.asked import Scan
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.staff import Tickets
from appliance.display.kiosk_view import ShortNumber
from tests.kiosk.place import TOPICS, Kiosk

if TYPE_CHECKING:
    import pytest

    from appliance.display.board_view import NoticeView
    from tests.kiosk.conftest import Entrance

SHORT: Final = "CDEFHJKM"


class Someone:
    """A login on the bus.

    Args:
        entrance: Whose bus.
        name: Of the login.
        topics: What it listens to.
    """

    def __init__(self, entrance: Entrance, name: str, *topics: str) -> None:
        self.heard: list[Inbound] = []
        self.link = Link(
            UnixSocket(entrance.bus.socket),
            Login(name, name, "secret"),
            self.heard.append,
            subscriptions=topics,
        )

    def last(self, topic: str) -> Received | None:
        """Give the last message on a topic."""
        found = [each for each in self.heard if isinstance(each, Received) and each.topic == topic]
        return found[-1] if found else None


def scanned(entrance: Entrance, kiosk: Kiosk, scan: Scan) -> None:
    """Let the scanner say what it saw."""
    scanner = Someone(entrance, f"proc.{TOPICS.device}.scanner")
    with scanner.link:
        kiosk.until(lambda: Connected() in scanner.heard)
        assert scanner.link.publish(TOPICS.scan, encode(scan), expiry_s=5)
        kiosk.until(lambda: any(isinstance(each, Acknowledged) for each in scanner.heard))


def outcome(kiosk: Kiosk) -> str:
    """Give what is told on the screen; empty: nothing."""
    told = kiosk.screen.visit.told
    return told.notice.outcome if told else ""


def is_told(kiosk: Kiosk, wanted: str) -> NoticeView:
    """Wait until this is told on the screen, and give all of it."""
    found: list[NoticeView] = []

    def tells() -> bool:
        told = kiosk.screen.visit.told
        if told is not None and told.notice.outcome == wanted:
            found.append(told.notice)
        return bool(found)

    kiosk.until(tells, wanted)
    return found[0]


def test_touches_give_a_number_in_the_visitors_language_and_leave_nothing(
    entrance: Entrance, kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    staff = Someone(entrance, "staff.reception-1", TOPICS.tickets)
    with entrance.pi.started("desk"), staff.link:
        kiosk.until_page("Welcome")
        fresh = kiosk.pixels()
        kiosk.touch("language:tr", "service:A1", "wish:more_time", "take")
        kiosk.until_page("Told")
        slip = entrance.printer.wait_for_slip(1, 30)
        assert "Belgeler" in slip.text
        kiosk.until_page("Welcome")
        assert kiosk.pixels() == fresh

        # A short number that is none, typed on the keys of a pad: it stands in no log and no topic.
        kiosk.click("short")
        for sign in SHORT:
            kiosk.place(f"digit:{sign}")
            kiosk.key(ord(sign.lower()), sign.lower())
        kiosk.until(lambda: typed(kiosk) == SHORT)
        kiosk.key(pygame.K_RETURN, "\r")
        is_told(kiosk, "not_here")
        kiosk.until_page("ShortNumber")
        kiosk.touch("home")
        kiosk.until_page("Welcome")
        assert kiosk.pixels() == fresh
        assert SHORT not in caplog.text + entrance.pi.log("desk")
        assert SHORT.encode() not in b"".join(
            each.payload for each in staff.heard if isinstance(each, Received)
        )
        told = staff.last(TOPICS.tickets)
        assert told is not None
        (ticket,) = decode(told.payload, Tickets).tickets
    assert (ticket.ticket, ticket.language) == ("A001", "tr")
    assert [wish.value for wish in ticket.wishes] == ["more_time"]


def test_who_reads_large_type_on_the_screen_reads_it_on_the_slip_and_nobody_after(
    entrance: Entrance, kiosk: Kiosk
) -> None:
    with entrance.pi.started("desk"):
        kiosk.touch("service:A1", "take")
        usual = entrance.printer.wait_for_slip(1, 30)
        kiosk.until_page("Welcome")
        kiosk.touch("large", "service:A1", "take")
        large = entrance.printer.wait_for_slip(2, 30)
        assert large.image.height > 1.2 * usual.image.height
        kiosk.until_page("Welcome")
        kiosk.touch("service:A1", "take")
        assert entrance.printer.wait_for_slip(3, 30).image.height == usual.image.height


def typed(kiosk: Kiosk) -> str:
    page = kiosk.screen.visit.pages[-1]
    assert isinstance(page, ShortNumber)
    return page.typed


def moves(kiosk: Kiosk, key: int) -> None:
    """Press a key, and wait until the ring is elsewhere."""
    before = kiosk.screen.visit.focus
    kiosk.post(pygame.KEYDOWN, key=key, unicode="", mod=0, scancode=0)
    kiosk.until(lambda: kiosk.screen.visit.focus != before)


def test_all_is_reached_with_keys_alone(entrance: Entrance, kiosk: Kiosk) -> None:
    def goes_to(action: str, key: int = pygame.K_TAB) -> None:
        kiosk.place(action)
        for _ in range(len(kiosk.actions)):
            moves(kiosk, key)
            if kiosk.screen.visit.focus == action:
                break
        kiosk.until(lambda: kiosk.screen.shown is not None and kiosk.screen.shown.ring == action)
        kiosk.key(pygame.K_RETURN, "\r")

    with entrance.pi.started("desk"):
        kiosk.until_page("Welcome")
        goes_to("language:tr", pygame.K_RIGHT)
        kiosk.until(lambda: kiosk.screen.visit.look.language == "tr")
        goes_to("short")
        kiosk.until_page("ShortNumber")
        assert kiosk.screen.visit.focus == ""
        goes_to("digit:7", pygame.K_UP)
        kiosk.until(lambda: typed(kiosk) == "7")


def test_scan_and_button_are_told_whatever_is_on_the_screen(
    entrance: Entrance, kiosk: Kiosk
) -> None:
    with entrance.pi.started("desk"):
        kiosk.touch("help")
        kiosk.until_page("Help")
        scanned(entrance, kiosk, Scan(kind="url", kiosk="entrance"))
        is_told(kiosk, "foreign")
        # Another kiosk's visitor is told there.
        scanned(entrance, kiosk, Scan(kind="several", kiosk="side-door"))
        kiosk.until_page("Help")
        entrance.pi.press()
        is_told(kiosk, "taken")
        assert entrance.printer.wait_for_slip(1, 30)


def test_desk_that_hangs_is_asked_again_and_gives_one_number(
    entrance: Entrance, kiosk: Kiosk
) -> None:
    with entrance.pi.started("desk") as desk:
        kiosk.touch("service:A1")
        kiosk.until_page("Service")
        desk.send_signal(signal.SIGSTOP)
        try:
            kiosk.touch("take")
            kiosk.until_page("Moment")
            kiosk.until(lambda: _was_repeated(kiosk), "asked again")
            kiosk.until_page("OutOfOrder")
        finally:
            desk.send_signal(signal.SIGCONT)
        is_told(kiosk, "taken")
        assert entrance.printer.wait_for_slip(1, 30)
        kiosk.until_page("Welcome")
        kiosk.touch("service:A1", "take")
        assert is_told(kiosk, "taken").ticket == "A002"
        entrance.printer.wait_for_slip(2, 30)


def _was_repeated(kiosk: Kiosk) -> bool:
    asked = kiosk.screen.visit.asked
    return asked is not None and asked.sent_s > asked.since_s


def test_bus_that_dies_is_told_and_missed_no_longer_than_it_is_gone(
    entrance: Entrance, kiosk: Kiosk
) -> None:
    with entrance.pi.started("desk"):
        kiosk.until_page("Welcome")
        entrance.bus.kill()
        kiosk.until_page("OutOfOrder")
        assert "service:A1" not in kiosk.actions
        entrance.bus.start()
        kiosk.until_page("Welcome")
        kiosk.touch("service:A1", "take")
        is_told(kiosk, "taken")


def test_without_paper_the_number_stands_large(entrance: Entrance, kiosk: Kiosk) -> None:
    entrance.printer.paper.run_out()
    with entrance.pi.started("desk"):
        entrance.pi.wait_for_log("desk", "kein Papier")
        kiosk.touch("service:A1", "take")
        assert is_told(kiosk, "taken").in_place_of_slip


def test_over_the_board_it_comes_with_a_touch_and_goes_without_a_trace(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with entrance.pi.config.open("a", encoding="utf-8") as file:
        file.write('\n[kiosk]\nat_rest = "board"\n')
    settings = config.load(entrance.pi.config, languages=strings.languages())
    with entrance.pi.started("desk"), Kiosk(settings, monkeypatch).running() as kiosk:
        kiosk.until_page("Welcome")
        board = kiosk.at_rest()
        # What lies under the finger is the board's, and means nothing yet.
        kiosk.wake()
        assert kiosk.screen.visit.pages == ()
        kiosk.touch("language:tr", "help", "home")
        kiosk.until(lambda: kiosk.pixels() == board, "the board again")
        # Who only holds something up is told on the board, in the site's languages.
        scanned(entrance, kiosk, Scan(kind="url", kiosk="entrance"))
        kiosk.until(lambda: kiosk.pixels() != board)
        assert outcome(kiosk) == ""
        # Who has begun is told where they look.
        kiosk.wake()
        kiosk.touch("language:tr")
        kiosk.until(lambda: kiosk.screen.visit.look.language == "tr")
        scanned(entrance, kiosk, Scan(kind="url", kiosk="entrance"))
        is_told(kiosk, "foreign")
