"""Clerks at their counters: real commands over the real bus, each from a login of its own."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

from appliance.bus.asking import Asker, UnknownOutcomeError
from appliance.bus.messages.asked import Command

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.messages.asked import Reply

WALK_S = 35.0
LOOK_AGAIN_S = 20.0
NOBODY_COMES = 0.03
SPREAD = 0.5
"""Of the logarithm of a conversation's length: some take half as long, some twice."""
STOP_S = 15.0


class Clerk:
    """Someone who calls, serves and calls again.

    Args:
        counter: Id of the counter.
        asker: The counter's connection, open.
        minutes: First letter of a number → expected length of the conversation.
        sleep: Waits for so many played seconds; True when the morning is over.
        seed: For the lengths.
    """

    def __init__(
        self,
        counter: str,
        asker: Asker,
        minutes: dict[str, float],
        sleep: Callable[[float], bool],
        seed: int,
    ) -> None:
        self._asker = asker
        self._minutes = minutes
        self._sleep = sleep
        self._chance = random.Random(f"{seed} {counter}")  # noqa: S311  (a play, no secret)
        self._thread = threading.Thread(target=self._work, name=f"clerk-{counter}", daemon=True)

    def begin(self) -> None:
        """Open the counter and begin to call."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the clerk has gone home."""
        self._thread.join(STOP_S)

    def _work(self) -> None:
        self._ask("open_counter")
        # Not all at the same instant.
        over = self._sleep(self._chance.uniform(0, 30))
        while not over:
            called = self._ask("next")
            if called is None or called.ticket is None:
                over = self._sleep(LOOK_AGAIN_S)
                continue
            over = self._sleep(WALK_S)
            if over:
                return
            if self._chance.random() < NOBODY_COMES:
                self._ask("no_show", force=True)
                continue
            self._ask("start")
            mean_s = self._minutes[called.ticket[0]] * 60
            length_s = mean_s * self._chance.lognormvariate(-(SPREAD**2) / 2, SPREAD)
            over = self._sleep(max(0.0, length_s - WALK_S))
            self._ask("finish")

    def _ask(self, verb: str, *, force: bool = False) -> Reply | None:
        """Ask until there is an answer: the same key does nothing twice."""
        try:
            return self._asker.ask(verb, Command(force=force))
        except UnknownOutcomeError:
            return None
