"""What the desk has around it: what comes in, whom it may ask, and how often it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from appliance import paper
from appliance.bus.link import Inbound, Received
from appliance.bus.messages import asked
from appliance.checkin.admission import Admission
from appliance.forecasting import Forecasts, Told
from appliance.line.line import Line
from appliance.printing import Job, PrinterIs, SlipGivenUp, SlipPrinted


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button of a service was pressed."""

    service: str


Incoming = Inbound | Pressed | SlipPrinted | SlipGivenUp | PrinterIs | Forecasts


class Publish(Protocol):
    """How the desk sends; `Link.publish` is one."""

    def __call__(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        expiry_s: int | None = None,
        correlation: bytes | None = None,
    ) -> int:
        """Send, or give 0."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk has around it, each a plain function.

    Args:
        publish: Sends on the bus.
        acknowledge: Tells the bus that a message has been dealt with.
        print_slip: Has a slip printed; returns at once.
        admit: Says what a scanned code means for this line now.
        set_slip: Gives what sets the slip of a ticket, as a copy if it is called with True; given
            the forecasts, where they are fresh.
        ask_forecast: Wants a forecast; it comes through the inbox.
        beat: Called in every round: presence and watchdog.
    """

    publish: Publish
    acknowledge: Callable[[Received], None]
    print_slip: Callable[[Job], None]
    admit: Callable[[asked.Scan, Line, datetime], Admission]
    set_slip: Callable[[Line, str, datetime, Told | None], Callable[[bool], paper.Slip]]
    ask_forecast: Callable[[datetime], None]
    beat: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the desk speaks without being asked.

    Args:
        tick_s: It publishes what it knows at least so often, in real seconds.
        valid_s: What it publishes is stale after so long, in seconds of desk time.
    """

    tick_s: float = 10.0
    valid_s: int = 30
