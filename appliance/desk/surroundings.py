"""What the desk has around it: what comes in, whom it may ask, and how often it speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from appliance import paper
from appliance.bus.link import Inbound, Received
from appliance.checkin.daybook import DayBook
from appliance.desk.forecasting import Forecasts, Told
from appliance.desk.panel import Panel
from appliance.desk.parts import Part
from appliance.desk.printing import Job, PrinterIs, SlipGivenUp, SlipPrinted
from appliance.desk.uplink import FromUplink
from appliance.desk.wording import Wording
from appliance.drivers.lamps import Light
from appliance.line.line import Line
from appliance.line.model import Booking, Ticket

if TYPE_CHECKING:
    from appliance.bus.messages import asked
    from appliance.bus.messages.alive import MachineHealth, UplinkHealth
    from appliance.checkin.admission import Admission


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button of a service was pressed."""

    service: str


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """The button for help was pressed."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A part of the desk has something to do: look at it now, and not in a second."""


Incoming = (
    Inbound
    | FromUplink
    | Pressed
    | HelpWanted
    | SlipPrinted
    | SlipGivenUp
    | PrinterIs
    | Forecasts
    | Nudge
)
SetSlip = Callable[[bool], paper.Slip]
"""Sets a slip, as a copy if it is called with True."""


class Publish(Protocol):
    """How the desk sends; `Link.publish` is one."""

    def __call__(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: int | None = None,
        correlation: bytes | None = None,
    ) -> int:
        """Send, or give 0."""


class SetDirections(Protocol):
    """Gives what sets the slip that leads to an adviser; `Slips.directions` does."""

    def __call__(self, booking: Booking, now: datetime, language: str, *, large: bool) -> SetSlip:
        """Give it, in a language; `large`: in large print, whatever is usual here."""


class SetRedirect(Protocol):
    """Gives what sets the slip that says where else a service is; `Slips.redirect` does."""

    def __call__(
        self, service: str, now: datetime, language: str, *, large: bool
    ) -> SetSlip | None:
        """Give it, as above; None: nobody knows."""


class Upstream(Protocol):
    """The way to the central broker; `Uplink` is one."""

    @property
    def online(self) -> bool:
        """Whether it is reached, and heard."""

    def handle(self, item: Inbound) -> None:
        """Take in what its connection hands on."""

    def mirror(
        self, topic: str, payload: bytes, *, qos: int = 1, expiry_s: int | None = None
    ) -> None:
        """Have a message told there, retained, as soon as it can be.

        Args:
            topic: Where.
            payload: Empty: what is retained there is taken away.
            qos: 1, or 0 for what may be lost.
            expiry_s: It is of no use to anyone after so long.
        """

    def health(self) -> UplinkHealth:
        """Give how it is."""


class Watch(Protocol):
    """Who watches the device; `HealthPart` does."""

    def hear(self, item: Inbound) -> bool:
        """Take in what concerns the processes beside the desk; True: it concerns nobody else."""

    def told(self) -> MachineHealth:
        """Give how the device is."""


class Judges(Protocol):
    """Who says what a code means; `Reception` does."""

    def admit(self, scan: asked.Scan, line: Line, now: datetime) -> Admission:
        """Say what a scan means for this line now."""

    def admit_short(self, short: str, line: Line, now: datetime) -> Admission | None:
        """Say what a typed short number means; None: it is no booking's of today."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk has around it, each a plain function.

    Args:
        publish: Sends on the bus.
        acknowledge: Tells the bus that a message has been dealt with.
        print_slip: Has a slip printed; returns at once.
        judge: Says what a code means.
        set_slip: Gives what sets the slip of a ticket; given the forecasts, where they are fresh.
        ask_forecast: Wants a forecast; it comes through the inbox.
        beat: Called in every round: presence and watchdog.
        show_light: What the ring around the camera says, and the buzzer.
        panel: How often the buttons may be pressed.
        wording: Words what depends on the line and on the site.
        follow: Gives a new secret for a slip's QR; empty: slips carry none.
        set_directions: Gives what sets the slip that leads to an adviser; None: there is none.
        set_redirect: The same for the slip that says where else a service is.
        parts: What is looked after in every round.
        upstream: The way to the central broker; None: there is none.
        watch: Watches the device, and is one of the parts; None: nobody does.
        day_book: Gives what is known of a day's bookings; None: nothing ever is.
        is_our_slip: Tells whether a check code is that of a ticket's slip; None: slips have none.
    """

    publish: Publish
    acknowledge: Callable[[Received], None]
    print_slip: Callable[[Job], None]
    judge: Judges
    set_slip: Callable[[Line, str, datetime, Told | None], SetSlip]
    ask_forecast: Callable[[datetime], None]
    beat: Callable[[], None]
    wording: Wording
    show_light: Callable[[Light], None] = lambda _: None
    panel: Panel = field(default_factory=Panel)
    follow: Callable[[], str] = lambda: ""
    set_directions: SetDirections | None = None
    set_redirect: SetRedirect | None = None
    parts: Sequence[Part] = ()
    upstream: Upstream | None = None
    watch: Watch | None = None
    day_book: Callable[[date], DayBook] | None = None
    is_our_slip: Callable[[Ticket, str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the desk speaks without being asked.

    Args:
        tick_s: It publishes what it knows at least so often, in real seconds.
        valid_s: What it publishes is stale after so long, in seconds of desk time.
    """

    tick_s: float = 10.0
    valid_s: int = 30
