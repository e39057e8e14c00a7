"""What visitors find at a kiosk, and how long its screen waits for them."""

from __future__ import annotations

import msgspec


class Offer(msgspec.Struct, frozen=True):
    """What visitors find here.

    Args:
        languages: To choose from, the site's main one first.
        services: Codes, a tile each, in this order.
        elsewhere: Those of them that only tell where to go.
        booked: Those of them that are by appointment only.
        redirects: Names of what else only tells where to go.
        wishes: Service → what a counter can meet for it.
        places: Counter → floor or arrow.
        book: Address of the page on which one books an appointment; empty: there is none.
        scans: A camera is here.
        short_numbers: Short numbers can be typed.
    """

    languages: tuple[str, ...]
    services: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    booked: frozenset[str] = frozenset()
    redirects: tuple[str, ...] = ()
    wishes: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    book: str = ""
    scans: bool = True
    short_numbers: bool = True


class Timing(msgspec.Struct, frozen=True):
    """How long things last, in real seconds.

    Args:
        idle_s: After a touch; then it is asked whether anybody is there.
        leave_s: Nobody was: the visit is over after so long.
        told_s: What a scan or a touch came to is shown.
        number_s: The same where a number is to be remembered, as it is on no slip.
        reading_s: So much longer for each character beyond the usual sentence.
        ready_s: A finger that comes so soon after a result is still that of the same wish.
        settle_s: So soon after a page has come, a finger was meant for the page before.
        repeat_s: Without an answer for so long, a command is asked again.
        remind_s: So often the desk is told how who is here reads: it forgets it in two minutes.
        moment_s: Without an answer for so long, it is told that there is none.
    """

    idle_s: float = 30.0
    leave_s: float = 15.0
    told_s: float = 6.0
    number_s: float = 15.0
    reading_s: float = 1 / 12
    ready_s: float = 1.5
    settle_s: float = 0.3
    repeat_s: float = 2.0
    remind_s: float = 60.0
    moment_s: float = 5.0
