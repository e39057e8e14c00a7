"""The power is cut at every single file operation; what was acknowledged is there afterwards.

Acknowledged means that the journal's call returned: from then on a person may hold the number.
What was under way at the cut is there wholly, or not at all.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal.journal import Answered, Journal, OwedSlip
from appliance.journal.keeping import Keeping
from appliance.journal.numbers import BLOCK
from appliance.line import commands
from appliance.line.answers import Given
from appliance.line.events import Event
from tests.journal.power import (
    Card,
    Chance,
    Written,
    kept,
    lost,
)
from tests.journal.recorder import Careless, PlainFiles, Recorder
from tests.support.lobby import DAY, at, booking, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.journal.power import Operation, Pick

NAME = "journal.sqlite"
CALLER = "counter.1"
SEEDS = 4
MANY = 3000
CUTS: Mapping[str, Pick] = {"lost": lost, "kept": kept, "1": Chance(1), "2": Chance(2)}


@dataclass(frozen=True)
class Known:
    """What a journal knows."""

    events: tuple[Event, ...] = ()
    owed: tuple[OwedSlip, ...] = ()
    replies: tuple[bytes, ...] = ()


class Desk:
    """Decides and commits, and remembers what it knew when each commit was acknowledged."""

    def __init__(self, folder: Path, recorder: Recorder, known: Known | None = None) -> None:
        self.path = folder / NAME
        self.recorder = recorder
        self.acknowledged = [(0, known or Known())]
        self.line = empty_line().apply_all(self.known.events)
        self.journal = Journal(self.path)

    @property
    def known(self) -> Known:
        return self.acknowledged[-1][1]

    @property
    def operations(self) -> int:
        return len(self.recorder.operations)

    def do(self, command: commands.Command, clock: str, *, asked: bool = False) -> None:
        """Do what is asked, with its slip, and its reply if a counter asked for it."""
        decision = self.line.decide(command, at(clock))
        self.line = self.line.apply_all(decision.events)
        known = replace(self.known, events=(*self.known.events, *decision.events))
        slip = answered = None
        if isinstance(decision.answer, Given):
            slip = OwedSlip(self.journal.next_slip_id(), decision.answer.ticket, at(clock))
            known = replace(known, owed=(*known.owed, slip))
        if asked:
            answered = Answered(CALLER, key(len(known.replies)), b"hash", repr(command).encode())
            known = replace(known, replies=(*known.replies, answered.reply))
        self.journal.commit(decision.events, day=str(DAY), answered=answered, slip=slip)
        self.acknowledged.append((self.operations, known))

    def settle(self) -> None:
        """Note that the slip that is owed for longest is printed."""
        self.journal.settle_slip(self.known.owed[0].id, printed=True)
        self.acknowledged.append(
            (self.operations, replace(self.known, owed=self.known.owed[1:])),
        )

    def may_be_known(self, operations: int) -> Sequence[Known]:
        """Give what was acknowledged before a cut after so many operations, and what was next."""
        after = [count for count, _ in self.acknowledged if count <= operations]
        return [known for _, known in self.acknowledged[len(after) - 1 :][:2]]


def key(number: int) -> bytes:
    return f"{number:016d}".encode()


def play_a_visit(desk: Desk) -> None:
    """Play a check-in, a press, a call, and the end of a slip."""
    desk.do(commands.OpenCounter("1"), "07:59", asked=True)
    desk.do(commands.CheckIn(booking("08:10")), "08:01")
    desk.do(commands.Issue("A1"), "08:02")
    desk.settle()
    # The first one is finished, and the second one called: two events, and the reply.
    desk.do(commands.Next("1"), "08:03", asked=True)
    desk.do(commands.Next("1"), "08:09", asked=True)
    desk.settle()


def play_until_pages_move(desk: Desk) -> int:
    """Let people come until SQLite copies pages from its log into the database.

    Returns:
        How many operations there were before the commit in which it did.
    """
    for number in range(MANY):
        before = desk.operations
        desk.do(commands.CheckIn(booking("08:10", id_=f"booking-{number}")), "08:01")
        news = desk.recorder.operations[before:]
        if any(isinstance(one, Written) and one.name == NAME for one in news):
            return before
    pytest.fail(f"{MANY} commits, and no page moved")


def losses(desk: Desk, folder: Path, *, since: int = 0, card: Card | None = None) -> list[str]:
    """Cut the power after each operation from `since` on; say where that lost something.

    Args:
        desk: What was played.
        folder: For the files that are left.
        since: Operations that happen in any case.
        card: What was on the card before the first operation.
    """
    found = []
    for number, files in cuts(desk.recorder.operations, since, card or Card()):
        with Careless():
            known = known_after(files, folder, len(desk.known.replies))
        allowed = desk.may_be_known(number)
        if known not in allowed:
            last = desk.recorder.operations[number - 1]
            found.append(
                f"cut after operation {number} ({type(last).__name__} {last.name}):"
                f" {len(known.events)} events, {len(known.owed)} slips owed and"
                f" {len(known.replies)} replies; acknowledged were"
                f" {[(len(k.events), len(k.owed), len(k.replies)) for k in allowed[:1]]}"
            )
    return found


def cuts(
    operations: Sequence[Operation], since: int, card: Card
) -> Iterator[tuple[int, Mapping[str, bytes]]]:
    """Give what each cut may have left, each once, and how many operations came before it."""
    card.do(operations[:since])
    for number in range(since, len(operations) + 1):
        seen: set[int] = set()
        picks: list[Pick] = [lost, kept, *(Chance((number, seed)) for seed in range(SEEDS))]
        for pick in picks:
            files = card.after_cut(pick)
            mark = hash(frozenset(files.items()))
            if mark not in seen:
                seen.add(mark)
                yield number, files
        card.do(operations[number : number + 1])


def known_after(files: Mapping[str, bytes], folder: Path, replies: int) -> Known:
    """Start on what is left, and tell what is known."""
    lay_out(files, folder)
    with Journal(folder / NAME) as journal:
        answers = [journal.answer_to(CALLER, key(number)) for number in range(replies)]
        known = Known(
            tuple(journal.today()),
            tuple(journal.owed_slips()),
            tuple(answer.reply for answer in answers if answer),
        )
    whole = apsw.Connection(str(folder / NAME))
    assert whole.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    whole.close()
    return known


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


@contextmanager
def new_connections() -> Iterator[list[apsw.Connection]]:
    """Give the database connections that are made meanwhile."""
    made: list[apsw.Connection] = []
    apsw.connection_hooks.append(made.append)
    try:
        yield made
    finally:
        apsw.connection_hooks.remove(made.append)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    folder = tmp_path / "live"
    folder.mkdir()
    return folder


@pytest.fixture
def left(tmp_path: Path) -> Path:
    folder = tmp_path / "left"
    folder.mkdir()
    return folder


def test_cut_at_any_operation_of_the_first_visit_loses_nobody(live: Path, left: Path) -> None:
    # From the empty folder on, so that making the journal is among it, and to its orderly end.
    with Recorder(live) as recorder:
        desk = Desk(live, recorder)
        desk.do(commands.TurnDay(DAY), "00:00")
        play_a_visit(desk)
        desk.journal.close()
    assert losses(desk, left) == []


def test_cut_while_pages_move_into_the_database_loses_nobody(live: Path, left: Path) -> None:
    with Recorder(live) as recorder:
        desk = Desk(live, recorder)
        desk.do(commands.TurnDay(DAY), "00:00")
        before = play_until_pages_move(desk)
        # And the log begins anew, over what it held.
        desk.do(commands.Issue("A1"), "08:02")
        desk.settle()
        desk.journal.close()
    assert losses(desk, left, since=before) == []


@pytest.mark.parametrize("cut", CUTS)
def test_cut_while_starting_after_a_cut_loses_nobody(live: Path, left: Path, cut: str) -> None:
    with Recorder(live) as recorder:
        desk = Desk(live, recorder)
        desk.do(commands.TurnDay(DAY), "00:00")
        play_a_visit(desk)
        desk.journal.close()
    # The second call was being committed when the power went: all but its last operation is done.
    operations, _ = desk.acknowledged[-2]
    card = Card()
    card.do(recorder.operations[: operations - 1])
    files = card.after_cut(CUTS[cut])
    known = known_after(files, left, len(desk.known.replies))
    lay_out(files, live)
    with Recorder(live) as recorder:
        again = Desk(live, recorder, known)
        again.do(commands.Issue("A1"), "08:20")
        again.journal.close()
    assert losses(again, left, card=Card(files)) == []


def test_less_than_full_sync_is_found_out(live: Path, left: Path) -> None:
    with Recorder(live) as recorder, new_connections() as made:
        desk = Desk(live, recorder)
        for connection in made:
            connection.execute("PRAGMA synchronous = NORMAL")
        desk.do(commands.TurnDay(DAY), "00:00")
        play_a_visit(desk)
        desk.journal.close()
    assert losses(desk, left) != []


def test_cut_at_any_operation_is_no_damage_and_the_mark_knows_the_numbers(
    live: Path, left: Path
) -> None:
    given = [0]
    with Recorder(live) as recorder, PlainFiles(live, recorder.operations):
        acknowledged = [0]
        with Keeping(live / NAME) as keeping:
            line = keeping.line(empty_line())
            # The second block of numbers begins among those that come one by one.
            for people in (BLOCK - 1, 1, 1, 1):
                happened: list[Event] = []
                asked: list[commands.Command] = [commands.Issue("A1")] * people
                begins: list[commands.Command] = [commands.TurnDay(DAY), commands.GoOnFrom({})]
                for command in asked if line.day else [*begins, *asked]:
                    decision = line.decide(command, at("08:00"))
                    line = line.apply_all(decision.events)
                    happened += decision.events
                keeping.commit(happened, day=str(DAY), line=line)
                acknowledged.append(len(recorder.operations))
                given.append(len(line.tickets))
    card = Card()
    for number, files in cuts(recorder.operations, 0, card):
        done = sum(count <= number for count in acknowledged) - 1
        lay_out(files, left)
        with Careless(), Keeping(left / NAME) as keeping:
            found, known = keeping.found, len(keeping.line(empty_line()).tickets)
            assert keeping.trouble is None
        assert known in given[done : done + 2], number
        if done:
            assert (found.whole, found.aside) == (True, None), number
            assert found.numbers is not None
            assert found.numbers["A"] >= known, number
