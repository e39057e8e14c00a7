"""Checkpoints: the line that is read back is the line that was written."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.journal import checkpoints, folding
from appliance.journal.checkpoints import EVERY, KEPT
from appliance.journal.journal import Journal
from appliance.line import commands
from appliance.line.model import Mode, Urgency, Wish
from tests.journal.playing import NAME, SmallDesk
from tests.support.lobby import DAY, at, booking, empty_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appliance.line.line import Line

TICKETS = st.sampled_from(["A001", "A002", "A003", "B001"])
COUNTERS = st.sampled_from(["1", "2", "3"])
COMMANDS: st.SearchStrategy[commands.Command] = st.one_of(
    st.builds(commands.Issue, st.sampled_from(["A1", "B1"])),
    st.builds(commands.Issue, st.just("A1"), wishes=st.sets(st.sampled_from(Wish)).map(frozenset)),
    st.sampled_from(["08:10", "08:20", "11:00"]).map(lambda slot: commands.CheckIn(booking(slot))),
    st.builds(commands.OpenCounter, COUNTERS),
    st.builds(commands.CloseCounter, COUNTERS),
    st.builds(commands.Pause, COUNTERS),
    st.builds(commands.Next, COUNTERS),
    st.builds(commands.Recall, COUNTERS),
    st.builds(commands.Start, COUNTERS),
    st.builds(commands.Park, COUNTERS),
    st.builds(commands.Undo, COUNTERS),
    st.builds(commands.Transfer, COUNTERS, st.just("B1")),
    st.builds(commands.MakeUrgent, TICKETS, st.sampled_from(Urgency)),
    st.builds(commands.Cancel, TICKETS),
    st.builds(commands.Back, TICKETS),
    st.builds(commands.SetMode, st.sampled_from(Mode)),
    st.builds(commands.SetNotice, st.text(max_size=5)),
    st.just(commands.GoOnFrom({"A": 20, "C": 7})),
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Give a line after a while of anything."""
    line = empty_line()
    now = at("08:00")
    line = line.apply_all(line.decide(commands.TurnDay(DAY), now).events)
    for command in draw(st.lists(COMMANDS, max_size=30)):
        now += draw(st.sampled_from([timedelta(0), timedelta(seconds=50), timedelta(minutes=9)]))
        line = line.apply_all(line.decide(command, now).events)
    return line


@given(lines())
@settings(deadline=None)
def test_any_line_comes_back_as_it_was(line: Line) -> None:
    again = checkpoints.decode(checkpoints.encode(line), empty_line())
    assert again == line
    # Orders count too: of tickets that are equal otherwise.
    assert list(again.tickets) == list(line.tickets)
    assert list(again.waiting) == list(line.waiting)


def busy(folder: Path, people: int = 240) -> SmallDesk:
    """Play so long that there are checkpoints."""
    desk = SmallDesk(folder)
    desk.play(people)
    return desk


def test_start_folds_only_what_came_after_the_checkpoint(quick: Path) -> None:
    desk = busy(quick)
    desk.close()
    with Journal(quick / NAME) as journal:
        journal.db.execute("UPDATE event SET data = 'noise' WHERE seq < ?", (EVERY,))
        assert folding.fold(journal, empty_line()) == (desk.line, 0)
        journal.db.execute("DELETE FROM checkpoint")
        assert folding.fold(journal, empty_line()) != (desk.line, 0)


def test_few_checkpoints_are_kept(quick: Path) -> None:
    desk = busy(quick, people=500)
    desk.close()
    with Journal(quick / NAME) as journal:
        assert journal.db.execute("SELECT count(*) FROM checkpoint").get == KEPT


def other_counters(line: Line) -> Line:
    return replace(line, counters={**line.counters, "1": line.counters["3"]})


def other_rules(line: Line) -> Line:
    return replace(line, rules=replace(line.rules, max_calls=9))


def other_services(line: Line) -> Line:
    service = replace(line.services["A1"], grace=timedelta(minutes=1))
    return replace(line, services={**line.services, "A1": service})


def test_each_checkpoint_and_the_whole_day_give_the_same_line(quick: Path) -> None:
    desk = busy(quick, people=500)
    desk.close()
    with Journal(quick / NAME) as journal:
        for _ in range(KEPT + 1):
            folded = folding.fold(journal, empty_line())
            assert folded.line == desk.line
            assert folded.skipped == 0
            journal.db.execute(
                "DELETE FROM checkpoint WHERE (epoch, seq) ="
                " (SELECT epoch, seq FROM checkpoint ORDER BY epoch DESC, seq DESC LIMIT 1)"
            )
        assert journal.db.execute("SELECT count(*) FROM checkpoint").get == 0


@pytest.mark.parametrize("change", [other_counters, other_rules, other_services])
def test_checkpoint_of_another_configuration_is_not_used(
    quick: Path, change: Callable[[Line], Line]
) -> None:
    desk = busy(quick)
    desk.close()
    changed = change(empty_line())
    with Journal(quick / NAME) as journal:
        assert list(journal.checkpoints.since(journal.log.today(), empty_line()))
        assert not list(journal.checkpoints.since(journal.log.today(), changed))
        assert folding.fold(journal, changed).line == changed.apply_all(journal.today())


def test_damaged_checkpoint_is_not_used(quick: Path) -> None:
    desk = busy(quick)
    desk.close()
    with Journal(quick / NAME) as journal:
        for noise in (b"", b"noise", checkpoints.encode(desk.line)[:-9]):
            journal.db.execute("UPDATE checkpoint SET data = ?", (noise,))
            assert folding.fold(journal, empty_line()).line == desk.line


def test_fingerprint_is_the_same_in_another_process(tmp_path: Path) -> None:
    # Sets are in another order in each process: see PYTHONHASHSEED.
    script = tmp_path / "print.py"
    script.write_text(
        "from appliance.journal.checkpoints import fingerprint\n"
        "from tests.support.lobby import empty_line\n"
        "print(fingerprint(empty_line()))\n",
        "utf-8",
    )
    root = checkpoints.__file__.rpartition("/appliance/")[0]
    said = {
        subprocess.run(
            [sys.executable, script],
            env={"PYTHONPATH": root, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
