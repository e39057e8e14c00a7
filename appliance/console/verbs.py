"""The verbs over the bus: what was asked on the command line → what is told, and the exit code."""

from __future__ import annotations

import json
import logging
import secrets
import shlex
from typing import TYPE_CHECKING, NoReturn, TextIO

from appliance import config
from appliance.bus.asking import KEY_BYTES
from appliance.bus.beats import Beats, Process
from appliance.bus.link import Connected, Disconnected, UnixSocket
from appliance.bus.messages.asked import Command
from appliance.console.ear import Ear
from appliance.console.happenings import Differences, Happening, What
from appliance.console.looking import look
from appliance.console.orders import Order, give
from appliance.console.place import CALLER, NoBusError, Place
from appliance.console.telling import Teller, as_object
from appliance.line.model import Wish
from appliance.strings import texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from appliance.bus.topics import Topics
    from appliance.strings import Texts

FINE, NOT_FINE, WRONG_USE = 0, 1, 2
LOOK_S = 0.5


class Verbs:
    """Does what is asked.

    Args:
        asked: The verb's arguments; see `verbs.over_the_bus`.
        settings: The lobby's.
        topics: The lobby's tree.
        now: The machine's clock.
        out: Where it is told.
        err: Where it is said why not.
    """

    def __init__(
        self,
        asked: argparse.Namespace,
        settings: config.Settings,
        topics: Topics,
        now: Callable[[], datetime],
        out: TextIO,
        err: TextIO,
    ) -> None:
        self._asked = asked
        self._settings = settings
        self._topics = topics
        self._now = now
        self._out = out
        self._err = err

    def run(self) -> int:
        """Do it, and give the exit code."""
        # What a connection says of itself is for a log; here it is told as one sentence.
        logging.basicConfig(stream=self._err, level=logging.CRITICAL)
        try:
            words = texts(self._asked.language or self._settings.site.language)
            body = self._body()
        except (LookupError, ValueError) as error:
            return self._sorry(str(error.args[0]), WRONG_USE)
        try:
            place = self._place()
        except config.SecretError as error:
            return self._sorry(str(error), NOT_FINE)
        match self._asked.asked_for:
            case "status":
                return self._status(place, words)
            case "watch":
                return self._watch(place, words)
            case verb:
                return self._order(verb, body, place, words)

    def _place(self) -> Place:
        bus = self._settings.bus
        password = config.read_secret(bus.passwords / CALLER, group_may_read=True)
        return Place(self._topics, UnixSocket(bus.socket), password)

    def _body(self) -> Command:
        """Give what a command needs.

        Raises:
            ValueError: There is no such wish.
        """
        asked = self._asked
        match asked.asked_for:
            case "next" | "recall":
                return Command(counter=asked.counter)
            case "issue":
                known = {wish.value: wish for wish in Wish}
                for word in asked.wish:
                    if word not in known:
                        raise ValueError(f"no wish '{word}'; there are {', '.join(known)}")
                wishes = [known[word] for word in dict.fromkeys(asked.wish)]
                return Command(service=asked.service, wishes=wishes or None)
        return Command()

    def _order(self, verb: str, body: Command, place: Place, words: Texts) -> int:
        key = self._asked.key or secrets.token_bytes(KEY_BYTES)
        order = Order(verb, body, key, self._asked.timeout, self._again(verb, key))
        outcome = give(order, place, words)
        if self._asked.json:
            self._say_object(outcome.told)
        elif outcome.fine:
            self._say(outcome.sentence)
        else:
            self._sorry(outcome.sentence, NOT_FINE)
        return FINE if outcome.fine else NOT_FINE

    def _again(self, verb: str, key: bytes) -> str:
        asked = self._asked
        if verb == "issue":
            what = [asked.service, *(word for wish in asked.wish for word in ("--wish", wish))]
        else:
            what = ["--counter", asked.counter]
        whole = ["lobby", verb, *what, "--config", str(asked.config), "--key", key.hex()]
        return shlex.join(whole)

    def _beats(self) -> Beats:
        device = self._settings.device
        return Beats(Process(device.id, role.value) for role in device.roles)

    def _status(self, place: Place, words: Texts) -> int:
        settings, beats = self._settings, self._beats()
        try:
            with Ear(place, beats) as ear:
                seen = look(ear, beats, self._now)
        except NoBusError as error:
            return self._no_bus(error)
        if self._asked.json:
            self._say_object(as_object(seen))
        else:
            title = f"{settings.lobby.name}, {settings.site.name} ({settings.device.id})"
            services = {s.code: s.text.get(words.language, s.code) for s in settings.services}
            zone = settings.site.timezone
            teller = Teller(words, title, services, zone, settings.device.id)
            self._say("\n".join(teller.lines(seen)))
        return FINE if seen.fine else NOT_FINE

    def _watch(self, place: Place, words: Texts) -> int:
        beats = self._beats()
        try:
            with Ear(place, beats) as ear:
                self._follow(ear, beats, words)
        except NoBusError as error:
            return self._no_bus(error)
        except KeyboardInterrupt:
            # The usual end.
            return FINE

    def _follow(self, ear: Ear, beats: Beats, words: Texts) -> NoReturn:
        differences = Differences()
        while True:
            news: list[Happening] = []
            match ear.hear(LOOK_S):
                case Disconnected():
                    news.append(Happening(self._now(), What.BUS_LOST))
                case Connected():
                    news.append(Happening(self._now(), What.BUS_BACK))
                case None:
                    pass
                case heard:
                    news += differences.told(heard.word)
            news += differences.processes(beats.look(), self._now())
            for each in news:
                self._tell(each, words)

    def _tell(self, happening: Happening, words: Texts) -> None:
        at = happening.at.astimezone(self._settings.site.timezone)
        if self._asked.json:
            what = {"at": at.isoformat(), "what": happening.what.value}
            self._say_object({**what, **happening.facts})
        else:
            self._say(f"{at:%H:%M:%S}  {words(f'cli.{happening.what.value}', **happening.facts)}")

    def _no_bus(self, error: NoBusError) -> int:
        if self._asked.json:
            self._say_object({"ok": False, "reason": "no_bus", "sentence": str(error)})
            return NOT_FINE
        return self._sorry(str(error), NOT_FINE)

    def _say_object(self, told: Mapping[str, object]) -> None:
        self._say(json.dumps(told, ensure_ascii=False))

    def _say(self, text: str) -> None:
        # Whoever follows through a pipe reads each line when it comes.
        self._out.write(f"{text}\n")
        self._out.flush()

    def _sorry(self, sentence: str, code: int) -> int:
        self._err.write(f"lobby: {sentence}\n")
        return code
