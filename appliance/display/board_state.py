"""What the board knows, and what follows from it for a given moment. Pure: no clock, no thread.

The messages come from the desk; how old they are is reckoned from the board's own monotonic clock,
because message expiry does not tell those who are already connected, and a Pi's wall clock may be a
day off. Two calls in the same second are both shown, one after the other: each has its turn, oldest
first. After a start the turns follow from the ages of the calls alone, so that a board that was
killed comes back with the same call. Where the broker kept a message for longer than anyone knows,
the board may show a call again, but never leaves one out.

Calls last by the clock that the lobby lives by, which in a demonstration is played faster. What
somebody is to read right now lasts in real seconds: eyes are not any faster there.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import replace

from appliance.bus.messages.shown import Board, Call, KioskResult, Wait
from appliance.display.board_around import Around
from appliance.display.board_result import notice_of
from appliance.display.board_view import (
    ENTRANCE,
    BoardView,
    CallView,
    Mood,
    NextView,
    NoticeView,
    ServiceView,
    StaleView,
)

CALLS_MAX = 60
NEXT_MAX = 10
SERVICES_MAX = 40
"""More than any lobby has: no message makes the board work for longer than that."""

AGE_MAX_S = 3600.0
MINUTE_S = 60.0

M = TypeVar("M", Board, Wait)


class Timing(msgspec.Struct, frozen=True):
    """How long a call is made to stand out, and a notice to stay.

    Args:
        emphasis_s: A call younger than this asks people to come now.
        turn_s: A call has the large place for at least this long before the next one gets it.
        notice_s: What a scan or a press came to is told for so long, in real seconds.
        number_s: The same where the number is to be remembered.
        step_s: One step of a call's entrance, in real seconds.
        reading_s: So much longer for each character beyond the usual sentence: twelve are read in
            a second by who reads slowly, or in a language that is not their own.
        speed: How many seconds of `now_s` pass in a real one.
    """

    emphasis_s: float = 20.0
    turn_s: float = 5.0
    notice_s: float = 6.0
    number_s: float = 10.0
    step_s: float = 0.06
    reading_s: float = 1 / 12
    speed: float = 1.0


class _Heard(msgspec.Struct, Generic[M], frozen=True):
    message: M
    at_s: float

    def stale_at_s(self) -> float:
        return self.at_s + min(max(self.message.valid_s, 0), AGE_MAX_S)


class _DeskTime(msgspec.Struct, frozen=True):
    """Desk time, from the last live message and the monotonic clock."""

    told: datetime
    at_s: float

    def at(self, now_s: float) -> datetime:
        return self.told + timedelta(seconds=now_s - self.at_s)


class _Turn(msgspec.Struct, frozen=True):
    """A call's time in the large place: from `start_s` until the next one starts."""

    call: Call
    called_s: float
    due_s: float
    start_s: float

    def ends_s(self, timing: Timing) -> float:
        """Until when it asks people to come now."""
        return max(self.called_s + timing.emphasis_s, self.start_s + timing.turn_s)


class _Notice(msgspec.Struct, frozen=True):
    view: NoticeView
    ends_s: float


class BoardState(msgspec.Struct, frozen=True):
    """What was heard so far. `hear` and `show` give the next state, `view` what is to be seen.

    All `now_s` are of one monotonic clock, and do not decrease.

    Args:
        zone: The site's time zone.
        timing: How long a call stands out, and a notice stays.
        around: What is shown by the clock alone.
    """

    zone: tzinfo
    timing: Timing = Timing()
    around: Around = msgspec.field(default_factory=Around)
    board: _Heard[Board] | None = None
    wait: _Heard[Wait] | None = None
    desk: _DeskTime | None = None
    turns: tuple[_Turn, ...] = ()
    notice: _Notice | None = None

    def hear(self, message: Board | Wait, now_s: float, *, live: bool = True) -> BoardState:
        """Take a message in.

        Args:
            message: What was published.
            now_s: When it arrived.
            live: It was published now, not kept by the broker: it tells the time.
        """
        desk = _DeskTime(message.as_of.astimezone(UTC), now_s) if live else self.desk
        match message:
            case Board():
                turns = self._turns_after(message, now_s)
                return replace(self, board=_Heard(message, now_s), desk=desk, turns=turns)
            case Wait():
                return replace(self, wait=_Heard(message, now_s), desk=desk)

    def show(self, result: KioskResult, now_s: float) -> BoardState:
        """Tell the person at the kiosk what their scan or press came to, in place of the last one.

        Args:
            result: What was published.
            now_s: When it arrived.
        """
        beside_it = self.around.beside_it(self._seconds(now_s))
        view = replace(notice_of(result), beside_it=beside_it)
        real_s = self.timing.number_s if view.in_place_of_slip else self.timing.notice_s
        real_s += self.timing.reading_s * view.more_characters
        return replace(self, notice=_Notice(view, now_s + real_s * self.timing.speed))

    def view(self, now_s: float) -> BoardView:
        """Give what is to be seen at `now_s`."""
        seconds = self._seconds(now_s)
        view = self.around.put_on(self._board_view(now_s), self._clock(now_s), seconds)
        if self.notice is None or now_s >= self.notice.ends_s:
            return view
        return replace(view, notice=self.notice.view)

    def _board_view(self, now_s: float) -> BoardView:
        clock = self._clock(now_s)
        if self.board is None:
            return BoardView(mood=Mood.STARTING, clock=clock)
        if self._is_of_another_day(self.board.message, now_s):
            return BoardView(mood=Mood.CLOSED, clock=clock)
        board = self.board.message
        current = self._current(board, now_s)
        mood = _mood(board, current)
        counted = mood is not Mood.CLOSED
        return BoardView(
            mood=mood,
            current=current,
            last=self._last(board, current, now_s),
            next=tuple(NextView(n.ticket, n.right_of_way) for n in board.next[:NEXT_MAX]),
            services=self._services(now_s),
            waiting=max(0, board.waiting) if counted else None,
            open_counters=max(0, board.open_counters) if counted else None,
            clock=clock,
            stale=self._stale(self.board, now_s),
            offline=board.online is False,
            announcement=board.notice,
        )

    def next_change_s(self, now_s: float) -> float:
        """Give the moment after `now_s` at which the view may change by itself; inf: never."""
        moments = [turn.start_s for turn in self.turns]
        moments += [turn.ends_s(self.timing) for turn in self.turns]
        step_s = self.timing.step_s * self.timing.speed
        for turn in self.turns:
            moments += [turn.start_s + (n + 1) * step_s for n in range(ENTRANCE)]
        if self.notice is not None:
            moments.append(self.notice.ends_s)
        if self.wait is not None:
            moments.append(self.wait.stale_at_s())
        if self.board is not None:
            age_s = now_s - self.board.at_s
            moments.append(self.board.stale_at_s())
            moments.append(self.board.at_s + (math.floor(age_s / MINUTE_S) + 1) * MINUTE_S)
        if self.desk is not None:
            desk_now = self.desk.at(now_s)
            into_minute_s = desk_now.second + desk_now.microsecond / 1e6
            moments.append(now_s + MINUTE_S - into_minute_s)
        lasts_s = self.around.lasts_s(self._clock(now_s), self._seconds(now_s))
        moments.append(now_s + lasts_s * self.timing.speed)
        return min((moment for moment in moments if moment > now_s), default=math.inf)

    def _seconds(self, now_s: float) -> float:
        """Give real seconds that are the same for every board, as soon as the time is known."""
        told_s = now_s if self.desk is None else self.desk.at(now_s).timestamp()
        return told_s / self.timing.speed

    def _turns_after(self, board: Board, now_s: float) -> tuple[_Turn, ...]:
        """Keep the turns that still count, and give each new call one, oldest first."""
        fresh_start = self.board is None
        same_day = self.board is None or self.board.message.day == board.day
        before = self.turns if same_day else ()
        listed = {call.id for call in board.calls} | {call.id for call in board.at_counters}
        begun = [turn for turn in before if turn.start_s <= now_s]
        showing = begun[-1:]
        turns = [turn for turn in begun[:-1] if turn.call.id in listed] + showing
        # A call that nobody is to follow any more must not get the large place.
        waiting = [turn for turn in before if turn.start_s > now_s and turn.call.id in listed]
        known = {turn.call.id for turn in turns} | {turn.call.id for turn in waiting}
        newest_first = sorted(board.calls[:CALLS_MAX], key=lambda call: call.age_s)
        for call in reversed(newest_first):
            if call.id in known:
                continue
            called_s = now_s - min(max(call.age_s, 0.0), AGE_MAX_S)
            due_s = called_s if fresh_start else now_s
            waiting.append(_Turn(call, called_s, due_s, due_s))
            known.add(call.id)
        for turn in waiting:
            free_s = turns[-1].start_s + self.timing.turn_s if turns else -math.inf
            turns.append(replace(turn, start_s=max(turn.due_s, free_s)))
        return tuple(turns)

    def _current(self, board: Board, now_s: float) -> CallView | None:
        begun = [turn for turn in self.turns if turn.start_s <= now_s]
        if begun and now_s < begun[-1].ends_s(self.timing):
            real_s = (now_s - begun[-1].start_s) / self.timing.speed
            # A little more, so that the moment at which a step is due counts as that step.
            entered = min(ENTRANCE, int(real_s / self.timing.step_s + 1e-6))
            return replace(_call_view(begun[-1].call, now=True), entered=entered)
        if board.at_counters:
            return _call_view(board.at_counters[0], now=False)
        return None

    def _last(self, board: Board, current: CallView | None, now_s: float) -> tuple[CallView, ...]:
        coming = {turn.call.id for turn in self.turns if now_s < turn.ends_s(self.timing)}
        return tuple(
            _call_view(call, now=call.id in coming)
            for call in board.at_counters[:CALLS_MAX]
            if current is None or call.ticket != current.ticket
        )

    def _services(self, now_s: float) -> tuple[ServiceView, ...]:
        if self.wait is None or self._is_of_another_day(self.wait.message, now_s):
            return ()
        services = self.wait.message.services[:SERVICES_MAX]
        if now_s >= self.wait.stale_at_s():
            return tuple(ServiceView(each.service, None, None) for each in services)
        return tuple(
            ServiceView(
                each.service,
                max(0, each.waiting),
                None
                if each.low_min is None or each.high_min is None
                else (each.low_min, each.high_min),
            )
            for each in services
        )

    def _stale(self, board: _Heard[Board], now_s: float) -> StaleView | None:
        if now_s < board.stale_at_s():
            return None
        as_of = board.message.as_of.astimezone(self.zone).replace(second=0, microsecond=0)
        return StaleView(as_of, max(1, int((now_s - board.at_s) / MINUTE_S)))

    def _clock(self, now_s: float) -> datetime | None:
        if self.desk is None:
            return None
        return self.desk.at(now_s).astimezone(self.zone).replace(second=0, microsecond=0)

    def _is_of_another_day(self, message: Board | Wait, now_s: float) -> bool:
        clock = self._clock(now_s)
        return clock is not None and clock.date() != message.day


def _call_view(call: Call, *, now: bool) -> CallView:
    return CallView(call.ticket, call.counter, call.right_of_way, call.again, now)


def _mood(board: Board, call: CallView | None) -> Mood:
    if call is not None and call.now:
        return Mood.CALLING
    if board.open_counters <= 0 and board.waiting > 0:
        return Mood.UNATTENDED
    if call is not None:
        return Mood.CALLED
    return Mood.IDLE if board.open_counters > 0 else Mood.CLOSED
