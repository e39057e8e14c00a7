"""Devices whose days are played by the line of the desk, and sent in the form that it sends."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import count
from typing import TYPE_CHECKING

from appliance.bus.messages.payload import decode
from appliance.bus.messages.uploaded import Uploaded
from appliance.bus.packing import pack
from appliance.journal import codec
from appliance.journal.entries import Entry, Position
from appliance.line import events
from bench.lobby_simulator import play
from bench.made_day import ZONE, empty_line, made_day

if TYPE_CHECKING:
    from datetime import date

    from appliance.line.line import Line
    from bench.made_day import Lobby

Sent = tuple[str, Uploaded]
"""What a store takes: the topic of the acknowledgement, and the event."""


class Device:
    """A desk that sends what happens.

    Args:
        site: Its site.
        name: Its name there.
        lobby: Its lobby.
    """

    def __init__(self, site: str = "SUED", name: str = "eingang-1", lobby: str = "EINGANG") -> None:
        self.id = f"{site.lower()}.{name}"
        self.topic = f"lobby/v1/{site}/{lobby}/dev/{self.id}/ack"
        self._epochs = count(0xAA)
        self._before: Position | None = None
        self._last = Position(next(self._epochs), 0)

    def begin_epoch(self) -> None:
        """Begin another epoch, as after a damaged journal."""
        self._before = self._last
        self._last = Position(next(self._epochs), 0)

    def lose(self, number: int) -> None:
        """Delete events before anybody has them."""
        self._before = self._last
        self._last = Position(self._last.epoch, self._last.seq + number)

    def say(self, *happened: events.Event) -> list[Sent]:
        """Give events as they are sent."""
        return [self._sent(event) for event in happened]

    def midnight(self, day: date) -> list[Sent]:
        """Give what happens when a day begins."""
        at = datetime.combine(day, time(), ZONE)
        return self.say(events.DayTurned(at, day))

    def day(self, lobby: Lobby, day: date, seed: int = 1) -> tuple[list[Sent], Line]:
        """Play a whole day; give what is sent of it, and the line in the evening."""
        said: list[Sent] = self.midnight(day)
        line = play(
            empty_line(lobby),
            made_day(lobby, day, seed),
            heard=lambda event, _line: said.extend(self.say(event)),
        )
        return said, line

    def _sent(self, event: events.Event) -> Sent:
        before = self._before or (self._last if self._last.seq else None)
        self._last = Position(self._last.epoch, self._last.seq + 1)
        entry = Entry(self._last, event.at.astimezone(UTC).isoformat(), *codec.encode(event))
        payload = pack(self.id, entry, before)
        self._before = None
        return self.topic, decode(payload, Uploaded)
