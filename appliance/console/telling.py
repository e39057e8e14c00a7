"""A look at a lobby as people read it on a terminal, and as machines do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.bus.beats import Life

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from appliance.bus.beats import Being, Process
    from appliance.bus.messages.payload import Message
    from appliance.bus.messages.shown import Board, ServiceWait, Wait
    from appliance.bus.messages.staff import Alarm, OpenCounter, Promise
    from appliance.console.looking import Look
    from appliance.strings import Texts

GAP = "  "


class Teller:
    """Sets a look in text.

    Args:
        words: In the reader's language.
        title: Which lobby it is.
        services: Code → its text.
        zone: The site's.
        device: The one that is asked: its processes are told without its id.
    """

    def __init__(
        self,
        words: Texts,
        title: str,
        services: Mapping[str, str],
        zone: ZoneInfo,
        device: str,
    ) -> None:
        self._words = words
        self._title = title
        self._services = services
        self._zone = zone
        self._device = device

    def lines(self, look: Look) -> Iterator[str]:
        """Give the lines."""
        words, picture = self._words, look.picture
        yield self._title
        yield self._age(look)
        yield from self._part("processes", self._processes(look.processes))
        if picture.alarms is not None:
            yield from self._part("alarms", self._alarms(picture.alarms.alarms))
        if _is_of_another_day(look, self._zone):
            return
        if picture.wait is not None:
            yield from self._part("waits", self._waits(picture.wait))
        if picture.board is not None and picture.board.next:
            yield f"{GAP}{words('cli.next', tickets=_next(picture.board))}"
        if picture.tickets is not None:
            yield from self._part("counters", self._counters(picture.tickets.counters))
        if picture.promise is not None and (kept := [*self._promise(picture.promise)]):
            yield from self._part("promise", kept)

    def _age(self, look: Look) -> str:
        if look.as_of is None:
            return self._words("cli.nothing_told")
        at = look.as_of.astimezone(self._zone)
        return self._words("cli.as_of" if look.fresh else "cli.stale", at=at)

    def _part(self, name: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
        rows = [*rows]
        yield ""
        yield self._words(f"cli.{name}")
        yield from _table(rows or [[self._words("cli.none")]])

    def _processes(self, processes: Mapping[Process, Being]) -> Iterator[Sequence[str]]:
        for process, being in processes.items():
            name = process.name
            if process.device != self._device:
                name = f"{name} ({process.device})"
            life = being.life or Life.SILENT
            yield name, self._words(f"cli.life_{life.value}"), self._hint(process, being)

    def _hint(self, process: Process, being: Being) -> str:
        if being.detail or being.life is Life.UP:
            return being.detail
        return self._words("cli.see_log", process=process.name)

    def _alarms(self, alarms: Iterable[Alarm]) -> Iterator[Sequence[str]]:
        for each in alarms:
            yield f"{each.since.astimezone(self._zone):%d.%m. %H:%M}", each.sentence

    def _waits(self, wait: Wait) -> Iterator[Sequence[str]]:
        for each in wait.services:
            text = self._services.get(each.service, "")
            people = self._words("cli.people", count=f"{each.waiting:>3}")
            yield each.service, text, people, self._range(each)

    def _range(self, wait: ServiceWait) -> str:
        if wait.low_min is None or wait.high_min is None:
            return self._words("cli.no_forecast")
        return self._words("cli.range", low=wait.low_min, high=wait.high_min)

    def _counters(self, counters: Iterable[OpenCounter]) -> Iterator[Sequence[str]]:
        for each in counters:
            doing = each.ticket or (self._words("cli.stands_by") if each.stands_by else "")
            yield each.counter, self._words(f"cli.counter_{each.state}"), doing

    def _promise(self, promise: Promise) -> Iterator[Sequence[str]]:
        for kept in promise.today:
            share = _percent(kept.called)
            yield kept.service, self._words("cli.kept", share=share, came=kept.came)
        for watch in promise.next_hour:
            share = _percent(watch.kept)
            if watch.mended_by is None or watch.kept_then is None:
                yield watch.service, self._words("cli.will_keep", share=share)
            else:
                then = _percent(watch.kept_then)
                facts = {"share": share, "counter": watch.mended_by, "then": then}
                yield watch.service, self._words("cli.will_keep_if", **facts)


def as_object(look: Look) -> dict[str, object]:
    """Give a look as machines read it; of the tickets, only what the board shows."""
    picture = look.picture
    return {
        "ok": look.fine,
        "as_of": None if look.as_of is None else look.as_of.isoformat(),
        "fresh": look.fresh,
        "processes": [
            {
                "device": process.device,
                "process": process.name,
                "state": being.life and being.life.value,
                "detail": being.detail,
            }
            for process, being in look.processes.items()
        ],
        "alarms": picture.alarms and _members(picture.alarms.alarms),
        "waiting": picture.wait and picture.wait.waiting,
        "services": picture.wait and _members(picture.wait.services),
        "next": picture.board and _members(picture.board.next),
        "counters": picture.tickets and _members(picture.tickets.counters),
        "promise": picture.promise
        and {
            "today": _members(picture.promise.today),
            "next_hour": _members(picture.promise.next_hour),
        },
    }


def _members(messages: Iterable[Message]) -> list[dict[str, object]]:
    return [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name in message.__struct_fields__
            for value in [getattr(message, name)]
        }
        for message in messages
    ]


def _is_of_another_day(look: Look, zone: ZoneInfo) -> bool:
    """Tell whether it is yesterday's line: nobody of it waits any more."""
    board, now = look.picture.board, look.now
    if look.fresh or board is None or now is None:
        return False
    return board.day != now.astimezone(zone).date()


def _next(board: Board) -> str:
    return GAP.join(each.ticket + ("*" if each.right_of_way else "") for each in board.next)


def _percent(share: float) -> str:
    return f"{share * 100:.0f}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield (GAP + GAP.join(cells)).rstrip()
