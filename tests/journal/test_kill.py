"""The desk is killed at every single point, and at random under load: nobody is lost or doubled.

A point is before or after a statement, a synced file, a message, bytes to the printer. The first
runs count the points, and then there is a run for each, in which the desk dies there and is started
again. What a desk does by itself once it is idle comes now in one place and now in another: a point
that most runs do not pass is left to the kills at random.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.messages import asked
from appliance.config import load
from appliance.journal.journal import Journal
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.line import events
from appliance.strings import languages
from appliance.wiring import lobby
from bench.full_day import TICKETS, FullDay
from tests.journal.entrance import CLOCK, Entrance, Issuer
from tests.journal.evidence import JOURNAL
from tests.support.broker import Mosquitto
from tests.support.device import DEADLINE_S, Device
from tests.support.mortal import Launcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LANES: Final = 4
KILLS: Final = 200
DAYS: Final = 4
STARTS_IN_A_LIFE: Final = 3
MONDAY: Final = date(2026, 3, 2)
EVENING: Final = "2026-03-02T15:30:00Z"
CLERK_PAUSE_S: Final = 0.02
COUNTS: Final = 5
TRIES: Final = 12
OPEN_KEY, NEXT_KEY = b"open counter one", b"next, counter 1."
BEFORE_A_SLIP: Final = "printing: before a slip, 1"


class Lanes:
    """Launchers and a bus, for lobbies that live and die side by side."""

    def __init__(self, launchers: Sequence[Launcher], broker: Mosquitto, issuer: Issuer) -> None:
        self._launchers = launchers
        self._broker = broker
        self._numbers = itertools.count(1)
        self.issuer = issuer

    def entrance(
        self, lane: int, *, fatal: Sequence[str] = (), armed: bool = False, forecast: bool = False
    ) -> Entrance:
        """Give a lobby of its own."""
        return Entrance(
            f"e-{next(self._numbers)}",
            self._launchers[lane],
            self._broker,
            self.issuer,
            fatal=fatal,
            armed=armed,
            forecast=forecast,
        )

    def side_by_side(self, works: Sequence[Callable[[int], None]]) -> None:
        """Do all, some at a time; each is given its lane. Raises what the first one raised."""
        waiting = iter(works)
        lock = threading.Lock()

        def lane(number: int) -> None:
            while True:
                with lock:
                    work = next(waiting, None)
                if work is None:
                    return
                work(number)

        with ThreadPoolExecutor(LANES, "lane") as pool:
            for done in [pool.submit(lane, number) for number in range(LANES)]:
                done.result()


@pytest.fixture(scope="module")
def lanes() -> Iterator[Lanes]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lobby-")))
        (folder / "bus").mkdir()
        broker = Mosquitto(folder / "bus")
        broker.start()
        stack.callback(broker.close)
        launchers = [stack.enter_context(Launcher()) for _ in range(LANES)]
        yield Lanes(launchers, broker, Issuer.new(folder / "keys"))


@dataclass
class Visit:
    """Someone with an appointment comes and is called."""

    code: str
    number: str = ""
    replies: list[asked.Reply] = field(default_factory=list)

    def play(self, entrance: Entrance) -> None:
        """Check in, take the slip, and be called to counter 1."""
        self.number = entrance.check_in(self.code).ticket or ""
        entrance.until_printed(1)
        self.replies.append(entrance.ask("open_counter", OPEN_KEY))
        told = entrance.told
        self.replies.append(entrance.ask("next", NEXT_KEY))
        entrance.until(lambda: entrance.told > told, "the call on the board")

    def play_on(self, entrance: Entrance) -> None:
        """Show the code again, ask again with the same keys, and let someone else come."""
        entrance.check_in(
            self.code, lambda shown: (shown.outcome, shown.ticket) == ("called", self.number)
        )
        assert entrance.ask("open_counter", OPEN_KEY) == self.replies[0]
        assert entrance.ask("next", NEXT_KEY) == self.replies[1]
        assert self.replies[1].ticket == self.number == "A001"
        entrance.check_in(entrance.new_code(), lambda shown: shown.ticket == "A002")
        entrance.until(lambda: entrance.is_printed("A002"), "the next one's slip")


def usual_points(lanes: Lanes, count: Callable[[int], list[str]]) -> list[str]:
    """Give the points that most runs pass, in the order in which one does."""
    runs: list[list[str]] = []
    lanes.side_by_side([lambda lane: runs.append(count(lane))] * COUNTS)
    passed = Counter(itertools.chain.from_iterable(runs))
    return [point for point, times in passed.items() if times > COUNTS // 2]


def die_at_each(lanes: Lanes, points: Sequence[str], die_at: Callable[[int, str], bool]) -> None:
    """Have a desk die at each point; a point that was not passed is tried again."""

    def work(lane: int, point: str) -> None:
        assert any(die_at(lane, point) for _ in range(TRIES)), f"never came to: {point}"

    def at(point: str) -> Callable[[int], None]:
        return lambda lane: work(lane, point)

    lanes.side_by_side([at(point) for point in boundaries(points)])


def boundaries(points: Sequence[str]) -> list[str]:
    """Give one point for each boundary: after a statement is before the next of its thread."""
    kept = []
    for thread in {point.partition(":")[0] for point in points}:
        own = [point for point in points if point.startswith(f"{thread}:")]
        kept += [
            point
            for point, following in itertools.zip_longest(own, own[1:], fillvalue="")
            if not (point.startswith(f"{thread}: after") and " before " in following)
        ]
    return kept


@pytest.mark.timeout(300)
def test_desk_that_dies_at_any_point_of_a_visit_loses_nobody(lanes: Lanes) -> None:
    def visit(lane: int, *fatal: str) -> tuple[list[str], int]:
        with lanes.entrance(lane, fatal=fatal) as entrance:
            entrance.until_at_rest()
            entrance.desk.arm()
            played = Visit(lanes.issuer.code())
            played.play(entrance)
            passed = entrance.desk.passed(0)[1:]
            played.play_on(entrance)
            entrance.end()
            return passed, entrance.desk.deaths

    points = usual_points(lanes, lambda lane: visit(lane)[0])
    assert {"printing", "MainThread"} == {point.partition(":")[0] for point in points}
    die_at_each(lanes, points, lambda lane, point: visit(lane, point)[1] == 1)


@pytest.mark.timeout(300)
def test_desk_that_dies_at_any_point_of_its_first_start_begins_well(lanes: Lanes) -> None:
    def start(lane: int, *fatal: str) -> tuple[list[str], int]:
        with lanes.entrance(lane, fatal=fatal, armed=True) as entrance:
            entrance.until_up()
            passed = entrance.desk.passed(0)
            played = Visit(lanes.issuer.code())
            played.play(entrance)
            played.play_on(entrance)
            entrance.end()
            return until_it_speaks(passed), entrance.desk.deaths

    points = usual_points(lanes, lambda lane: start(lane)[0])
    die_at_each(lanes, points, lambda lane, point: start(lane, point)[1] == 1)


@pytest.mark.timeout(300)
def test_desk_that_dies_again_at_any_point_of_a_start_still_owes_its_slip(lanes: Lanes) -> None:
    def start(lane: int, *fatal: str) -> tuple[list[str], int]:
        with lanes.entrance(lane, fatal=(BEFORE_A_SLIP, *fatal), armed=True) as entrance:
            entrance.until_up()
            played = Visit(lanes.issuer.code())
            played.play(entrance)
            passed = entrance.desk.passed(1)
            played.play_on(entrance)
            entrance.end()
            return until_it_speaks(passed), entrance.desk.deaths

    points = usual_points(lanes, lambda lane: start(lane)[0])
    die_at_each(lanes, points, lambda lane, point: start(lane, point)[1] == 2)


@pytest.mark.timeout(300)
def test_two_hundred_kills_at_random_lose_nobody(lanes: Lanes) -> None:
    def day(lane: int, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  (no secret)
        began_s = time.monotonic()
        # One journal has a second reader, which outlives each desk by a moment.
        with lanes.entrance(lane, forecast=seed == 0) as entrance:
            entrance.until_up()
            # Some die while they start, and most at work, however slow this machine is just now.
            life_s = STARTS_IN_A_LIFE * (time.monotonic() - began_s)
            with clerk(entrance):
                for _ in range(KILLS // DAYS):
                    for _ in range(chance.randrange(4)):
                        if chance.randrange(2):
                            entrance.hold_up(entrance.new_code())
                        else:
                            entrance.press()
                    entrance.go_on_for(chance.uniform(0.0, life_s))
                    entrance.desk.kill()
                entrance.check_in(entrance.new_code())
            assert entrance.desk.deaths == KILLS // DAYS
            assert entrance.end() > KILLS // DAYS // 4, "too few people to show anything"

    lanes.side_by_side([partial(day, seed=seed) for seed in range(DAYS)])


def test_desk_that_is_killed_on_a_full_day_knows_all_2000_tickets() -> None:
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:
        pi = Device(Path(folder))
        with pi.config.open("a", encoding="utf-8") as config:
            config.write(CLOCK.format(start=EVENING, origin=repr(time.time())))
        path = pi.folder / "state" / JOURNAL
        day = FullDay(lobby.line(load(pi.config, languages=languages())), MONDAY)
        happened = [event for step in day.steps() for event in step.events]
        with Keeping(path) as keeping:
            keeping.line(day.line)
            keeping.commit(happened, day=str(MONDAY), line=day.line)
        for number in (TICKETS + 1, TICKETS + 2):
            with pi.started("desk") as running:
                pi.press()
                wait_for(path, f"A{number}")
                running.kill()
                running.wait(DEADLINE_S)
        with Journal(path) as journal:
            known = list(journal.today())
    assert known[: len(happened)] == happened
    numbers = [event.ticket for event in known if isinstance(event, events.TicketIssued)]
    assert numbers == [f"A{number:03d}" for number in range(1, TICKETS + 3)]


def wait_for(path: Path, number: str) -> None:
    """Wait until a number is in the journal."""
    until_s = time.monotonic() + DEADLINE_S
    with JournalReader(path) as journal:
        while not any(getattr(event, "ticket", "") == number for event in journal.news()):
            assert time.monotonic() < until_s, f"no {number}"
            time.sleep(0.02)


@contextmanager
def clerk(entrance: Entrance) -> Iterator[None]:
    """Have someone at counter 1 who calls one after the other."""
    home = threading.Event()

    def work() -> None:
        entrance.ask("open_counter")
        while not home.wait(CLERK_PAUSE_S):
            entrance.ask("next")

    with ThreadPoolExecutor(1, "clerk") as pool:
        done = pool.submit(work)
        try:
            yield
        finally:
            home.set()
        done.result()


def until_it_speaks(points: Sequence[str]) -> list[str]:
    """Give the points of a start; how often it publishes then depends on what comes when."""
    return [
        *itertools.takewhile(lambda point: "publish" not in point, points),
        *[point for point in points if point.startswith("printing: ")],
    ]
