"""The line against a slow, obvious model, over whatever people and clerks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from appliance.line import commands, events, model
from appliance.line.answers import Called, Given, Refused
from appliance.line.model import Rank, RankClass, TicketState
from tests.support.lobby import DAY, Played, at, empty_line

COUNTERS = st.sampled_from(["1", "2", "3"])
WALK_IN_SERVICES = st.sampled_from(["A1", "B1"])
MINUTE = timedelta(minutes=1)


class LobbyMachine(RuleBasedStateMachine):
    """Plays a day, and knows in lists and loops what must be true of it."""

    def __init__(self) -> None:
        super().__init__()
        self.lobby = Played()
        self.now = at("08:00")
        self.events: list[events.Event] = []
        self.bookings: dict[str, str] = {}
        self.given: list[str] = []

    def do(self, command: commands.Command) -> object:
        decision = self.lobby.line.decide(command, self.now)
        self.events += decision.events
        self.lobby.line = self.lobby.line.apply_all(decision.events)
        return decision.answer

    @rule(minutes=st.integers(0, 15))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(service=WALK_IN_SERVICES)
    def someone_takes_a_number(self, service: str) -> None:
        answer = self.do(commands.Issue(service))
        assert isinstance(answer, Given)
        assert answer.ticket not in self.given
        self.given.append(answer.ticket)

    @rule(slot=st.integers(-7, 12), service=st.sampled_from(["A1", "B1", "C1"]))
    def someone_scans(self, slot: int, service: str) -> None:
        time = at("10:00") + slot * 10 * MINUTE
        booking = model.Booking(f"{service}{slot}", time, 10, service)
        answer = self.do(commands.CheckIn(booking))
        assert isinstance(answer, Given)
        known = self.bookings.setdefault(booking.id, answer.ticket)
        assert answer.ticket == known
        assert answer.again == (answer.ticket in self.given)
        if not answer.again:
            self.given.append(answer.ticket)

    @rule(counter=COUNTERS)
    def opens(self, counter: str) -> None:
        self.do(commands.OpenCounter(counter))

    @rule(counter=COUNTERS)
    def closes(self, counter: str) -> None:
        self.do(commands.CloseCounter(counter))

    @rule(counter=COUNTERS)
    def calls(self, counter: str) -> None:
        expected = self.obvious_next(counter)
        answer = self.do(commands.Next(counter))
        if isinstance(answer, Called):
            assert answer.ticket == expected
        elif self.lobby.line.counters[counter].state is model.CounterState.OPEN:
            assert expected is None

    @rule(counter=COUNTERS)
    def recalls(self, counter: str) -> None:
        self.do(commands.Recall(counter))

    @rule(counter=COUNTERS, force=st.booleans())
    def gives_up(self, counter: str, *, force: bool) -> None:
        self.do(commands.NoShow(self.at(counter), force))

    @rule(counter=COUNTERS)
    def stands_by(self, counter: str) -> None:
        self.do(commands.StandBy(counter))

    @rule(counter=COUNTERS)
    def pauses(self, counter: str) -> None:
        self.do(commands.Pause(counter))

    @rule(counter=COUNTERS, service=st.sampled_from(["A1", "B1", "C1"]))
    def transfers(self, counter: str, service: str) -> None:
        self.do(commands.Transfer(self.at(counter), service))

    @rule(counter=COUNTERS)
    def parks(self, counter: str) -> None:
        self.do(commands.Park(self.at(counter)))

    @rule(counter=COUNTERS, data=st.data())
    def picks(self, counter: str, data: st.DataObject) -> None:
        self.do(commands.Pick(counter, self.any_ticket(data)))

    @rule(counter=COUNTERS, data=st.data())
    def calls_by_name(self, counter: str, data: st.DataObject) -> None:
        self.do(commands.Call(counter, self.any_ticket(data)))

    @rule(data=st.data())
    def comes_back(self, data: st.DataObject) -> None:
        self.do(commands.Back(self.any_ticket(data)))

    @rule(data=st.data())
    def is_made_urgent(self, data: st.DataObject) -> None:
        self.do(commands.MakeUrgent(self.any_ticket(data), model.Urgency.OTHER))

    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        self.do(commands.Cancel(self.any_ticket(data)))

    @rule(counter=COUNTERS)
    def takes_back(self, counter: str) -> None:
        before = self.lobby.line
        if isinstance(self.do(commands.Undo(counter)), Refused):
            assert self.lobby.line == before

    @rule(counter=COUNTERS)
    def starts(self, counter: str) -> None:
        self.do(commands.Start(self.at(counter)))

    @rule(counter=COUNTERS)
    def finishes(self, counter: str) -> None:
        self.do(commands.Finish(self.at(counter)))

    @rule(hours=st.sampled_from([-1, 1]))
    def the_clock_steps(self, hours: int) -> None:
        """Nobody is closed, and everyone's wait is as long as before."""
        step = timedelta(hours=hours)
        if not at("02:00") < self.now + step < at("22:00"):
            return
        before, waited = self.lobby.line, self.waits()
        self.now += step
        self.do(commands.SetClock(step))
        after = self.lobby.line
        assert list(after.tickets) == list(before.tickets)
        if not any(counter.stands_by for counter in before.counters.values()):
            assert after.waiting.keys() == before.waiting.keys()
        assert {number: self.waits()[number] for number in waited} == waited

    @rule(sure=st.booleans())
    def the_machine_is_started(self, *, sure: bool) -> None:
        self.do(commands.BeginBoot(sure))

    @rule(data=st.data())
    def has_the_slip_printed_again(self, data: st.DataObject) -> None:
        before, number = self.lobby.line, self.any_ticket(data)
        self.do(commands.Reprint(number))
        after = dict(self.lobby.line.tickets)
        if number in after:
            after[number] = replace(after[number], copies=after[number].copies - 1)
        assert after == before.tickets
        assert self.lobby.line.counters == before.counters

    @rule(letter=st.sampled_from("AB"), last=st.integers(1, 30))
    def numbers_may_be_out_already(self, letter: str, last: int) -> None:
        self.do(commands.GoOnFrom({letter: last}))

    @invariant()
    def everyone_is_somewhere_once(self) -> None:
        line = self.lobby.line
        assert list(line.tickets) == self.given
        at_counters = [c.ticket for c in line.counters.values() if c.ticket]
        assert len(at_counters) == len(set(at_counters))
        called = {
            t.number
            for t in line.tickets.values()
            if t.state in {TicketState.CALLED, TicketState.SERVING}
        }
        assert called == set(at_counters)

    @invariant()
    def those_who_wait_are_known(self) -> None:
        line = self.lobby.line
        waiting = {n: t for n, t in line.tickets.items() if t.state is TicketState.WAITING}
        assert line.waiting == waiting

    @invariant()
    def rebuilt_is_lived(self) -> None:
        rebuilt = empty_line().apply(events.DayTurned(at("00:00"), DAY)).apply_all(self.events)
        assert rebuilt == self.lobby.line

    @invariant()
    def every_call_had_the_smallest_rank(self) -> None:
        for event in self.events:
            if isinstance(event, events.TicketCalled) and event.candidates and not event.by_name:
                assert min(event.candidates, key=lambda c: c.rank).ticket == event.ticket

    @invariant()
    def nobody_waits_before_a_counter_that_stands_by(self) -> None:
        for counter in self.lobby.line.counters.values():
            if counter.stands_by:
                assert self.obvious_next(counter.id) is None

    def waits(self) -> dict[str, timedelta]:
        """Give how long those have waited who came since the machine was started."""
        line = self.lobby.line
        return {
            ticket.number: self.now - ticket.taken
            for ticket in line.tickets.values()
            if ticket.sequence >= line.boot_from
        }

    def at(self, counter: str) -> str:
        return self.lobby.line.counters[counter].ticket or ""

    def any_ticket(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.given or [""]))

    def obvious_next(self, counter: str) -> str | None:
        """Look through everyone, and take the one with the smallest rank, worked out anew."""
        line = self.lobby.line
        best: tuple[Rank, str] | None = None
        for ticket in line.tickets.values():
            if ticket.state is not TicketState.WAITING:
                continue
            if ticket.service not in line.counters[counter].services:
                continue
            key = self.obvious_rank(ticket)
            if best is None or key < best[0]:
                best = key, ticket.number
        return best[1] if best else None

    def obvious_rank(self, ticket: model.Ticket) -> Rank:
        if ticket.urgent:
            return self.obvious_rank(replace(ticket, urgent=None))._replace(
                rank_class=RankClass.URGENT
            )
        if ticket.booking is None:
            return Rank(RankClass.ORDINARY, ticket.taken, ticket.sequence)
        slot = ticket.booking.slot
        if not ticket.clock_sure:
            return Rank(RankClass.RIGHT_OF_WAY, slot, ticket.sequence)
        if ticket.taken > slot + 60 * MINUTE:
            return Rank(RankClass.ORDINARY, ticket.taken, ticket.sequence)
        if ticket.taken > slot + 10 * MINUTE:
            return Rank(RankClass.ORDINARY, slot, ticket.sequence)
        rank_class = RankClass.RIGHT_OF_WAY if self.now >= slot - 10 * MINUTE else RankClass.EARLY
        return Rank(rank_class, max(slot, ticket.taken), ticket.sequence)


TestLobby = LobbyMachine.TestCase
TestLobby.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
