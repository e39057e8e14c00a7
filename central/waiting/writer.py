"""Writes the pages: at once when a lobby speaks, and again when what it said is too old."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from appliance.bus.access import central_canary
from appliance.bus.link import Acknowledged, Connected, Disconnected, Link, Received
from appliance.mailbox import take
from central.metrics.meters import LobbyAge, PageMeters
from central.waiting import number_page, wait_page
from central.waiting.hearing import NUMBERS, WAITS, Hearing, Place
from central.waiting.texts import languages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from appliance.bus.link import Address, Inbound, Login
    from appliance.bus.messages.shown import Wait
    from central.bookings.office import Office, Site
    from central.waiting.learned import Better, Learned

LOOK_S = 1.0
FORGOTTEN = timedelta(hours=36)
"""A number's file that nobody spoke of for so long is of another day, whatever it says."""
AT_ONCE = 200
NOTE_EVERY = timedelta(minutes=1)
PATIENCE_S = 15.0
"""A desk speaks every 10 s: until then what was kept of it may be of now or of yesterday, and the
pages stay as the writer before us left them."""


class Writer:
    """Keeps the pages of an office as its lobbies say.

    Args:
        office: Its sites, lobbies, services and their names.
        folder: Where the pages go; a server shows it to everyone.
        address: The central broker.
        login: A dashboard's, with `follow = true`.
        learned: Where past waits are kept, for better times; None: none are told.
        meters: Where it is counted, for whoever asks meanwhile.
        beat: Called in each round of the loop.
        now: The clock.
    """

    def __init__(
        self,
        office: Office,
        folder: Path,
        address: Address,
        login: Login,
        *,
        learned: Learned | None = None,
        meters: PageMeters | None = None,
        beat: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._office = office
        self._folder = folder
        self._inbox: SimpleQueue[Inbound] = SimpleQueue()
        self._link = Link(
            address,
            login,
            self._inbox.put,
            subscriptions=(WAITS, NUMBERS),
            canary=central_canary(login.name or login.client_id),
        )
        self._hearing = Hearing()
        self._stale: dict[Place, bool] = {}
        self._learned = learned
        self._meters = meters or PageMeters()
        self._beat = beat
        self._now = now
        self._noted = now()

    @property
    def refused(self) -> int:
        """How many messages were not what they should be."""
        return self._hearing.refused

    def run(self, stop: Event) -> None:
        """Write until `stop`.

        Raises:
            OSError: The folder cannot be written.
            LearnedError: What was learned cannot be read or written.
        """
        (self._folder / "numbers").mkdir(parents=True, exist_ok=True)
        for name, content in number_page.files().items():
            self._put(name, content)
        self._forget()
        began_s = forgot_s = time.monotonic()
        with self._link:
            while not stop.is_set():
                self._write(self._next_batch())
                self._look_at_ages(waited=time.monotonic() - began_s >= PATIENCE_S)
                self._learn()
                self._count()
                self._beat()
                if time.monotonic() - forgot_s >= FORGOTTEN.total_seconds() / 36:
                    forgot_s = time.monotonic()
                    self._forget()

    def _next_batch(self) -> list[Inbound]:
        batch: list[Inbound] = []
        with suppress(Empty):
            batch.append(take(self._inbox, LOOK_S))
            while len(batch) < AT_ONCE:
                batch.append(self._inbox.get_nowait())
        return batch

    def _write(self, batch: list[Inbound]) -> None:
        """Write what changed; of several words on the same only the last."""
        changed: dict[tuple[Place, str | None], None] = {}
        for item in batch:
            match item:
                case Received():
                    what = self._hearing.hear(item, self._now())
                    if what is not None:
                        changed[what] = None
                case Connected() | Disconnected() | Acknowledged():
                    pass
        for place, digest in changed:
            if digest is not None:
                self._write_number(place, digest)
            elif self._hearing.places[place].live is not None:
                self._write_wait(place)

    def _write_wait(self, place: Place) -> None:
        site = self._office.site(place.site)
        lobby = self._office.lobby(place.site, place.lobby)
        if site is None or lobby is None:
            # Its names are not known here: nobody could read its page.
            return
        said = self._hearing.places.get(place)
        wait = said.wait if said else None
        until = self._hearing.stale_at(place, wait) if wait else None
        stale = wait is not None and (until is None or until <= self._now())
        self._stale[place] = stale
        shown = wait_page.Shown(wait, stale, {} if stale else self._better(place, site, wait))
        there = f"{place.site}/{place.lobby}"
        self._put(f"{there}/wait.json", wait_page.as_json(site, lobby, shown, until))
        pages = languages()
        for language in pages:
            page = wait_page.as_html(self._office, site, lobby, shown, language, pages)
            self._put(f"{there}/{language}.html", page)
            if language == site.languages[0]:
                self._put(f"{there}/index.html", page)

    def _write_number(self, place: Place, digest: str) -> None:
        name = f"numbers/{digest}.json"
        follow = self._hearing.places[place].numbers.get(digest)
        if follow is None or not self._hearing.is_of_today(place, follow):
            self._hearing.places[place].numbers.pop(digest, None)
            (self._folder / name).unlink(missing_ok=True)
            return
        site = self._office.site(place.site)
        lobby = self._office.lobby(place.site, place.lobby)
        until = self._hearing.stale_at(place, follow)
        if until is None and (self._folder / name).exists():
            # Of whatever age it is: the writer before us knew.
            return
        self._put(name, number_page.as_json(follow, site, lobby, until or self._now()))

    def _look_at_ages(self, *, waited: bool) -> None:
        """Write what has become stale since, and who was not heard although we waited."""
        for lobby in self._office.lobbies:
            place = Place(lobby.site, lobby.id)
            if self._stale.get(place, not waited):
                continue
            said = self._hearing.places.get(place)
            until = self._hearing.stale_at(place, said.wait) if said and said.wait else None
            if place not in self._stale or (until and until <= self._now()):
                self._write_wait(place)

    def _learn(self) -> None:
        """Once a minute, keep what is told; what is old is not told any more."""
        learned, now = self._learned, self._now()
        if learned is None or now - self._noted < NOTE_EVERY:
            return
        first_of_day = now.date() != self._noted.date()
        self._noted = now
        with learned.writing():
            for place, said in self._hearing.places.items():
                site = self._office.site(place.site)
                if site and said.wait and self._stale.get(place) is False:
                    learned.note(place, said.wait.services, now.astimezone(site.timezone))
            if first_of_day:
                learned.forget(now)

    def _better(self, place: Place, site: Site, wait: Wait | None) -> dict[str, list[Better]]:
        if self._learned is None or wait is None:
            return {}
        at = self._now().astimezone(site.timezone)
        return {each.service: self._learned.better(place, each, at) for each in wait.services}

    def _count(self) -> None:
        """Say how the pages stand, to whoever asks for figures."""
        meters = self._meters
        meters.connected, meters.refused = self._link.is_up, self._hearing.refused
        ages = []
        for lobby in self._office.lobbies:
            place = Place(lobby.site, lobby.id)
            said = self._hearing.places.get(place)
            live = said.live if said else None
            heard_s = live[1].timestamp() if live else None
            ages.append(LobbyAge(place.site, place.lobby, heard_s, self._stale.get(place, True)))
        meters.lobbies = tuple(ages)

    def _forget(self) -> None:
        """Take away what a writer before us left of earlier days."""
        since = time.time() - FORGOTTEN.total_seconds()
        for path in (self._folder / "numbers").glob("*.json"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < since:
                    path.unlink()

    def _put(self, name: str, content: bytes) -> None:
        """Replace a file in one step; not synced, as it is written again in a moment."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)
        self._meters.written += 1
