"""The tree of topics. One place knows how a topic is written and read.

Prefix `lobby/v1/{site}/{lobby}/`. The caller of a command stands in the topic, so that the broker's
access list holds it: nobody can command in another's name.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

CALLER = re.compile(r"(counter|staff|kiosk)\.[A-Za-z0-9-]{1,24}")
VERB = re.compile(r"[a-z_]{1,32}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class CommandTopic(msgspec.Struct, frozen=True):
    """What the topic of a command says.

    Args:
        caller: The login that sends it, such as `counter.3`: a place or a role, never a person.
        verb: What it asks for.
    """

    caller: str
    verb: str


class Topics(msgspec.Struct, frozen=True):
    """The topics of one lobby.

    Args:
        site: Id of the site.
        lobby: Id of the lobby.
        device: Id of the device that asks.
    """

    site: str
    lobby: str
    device: str

    @property
    def prefix(self) -> str:
        """Everything of this lobby begins so."""
        return f"lobby/v1/{self.site}/{self.lobby}/"

    @property
    def scan(self) -> str:
        """What a scanner saw."""
        return self.prefix + "scan"

    @property
    def board(self) -> str:
        """What the board shows."""
        return self.prefix + "board"

    @property
    def wait(self) -> str:
        """Who waits and how long."""
        return self.prefix + "wait"

    def wait_of(self, service: str) -> str:
        """The wait for one service."""
        return f"{self.wait}/{service}"

    @property
    def promise(self) -> str:
        """How the promise is kept."""
        return self.prefix + "promise"

    @property
    def today(self) -> str:
        """How waits and promise were over the day; said at the centre."""
        return self.prefix + "today"

    @property
    def tickets(self) -> str:
        """The open tickets and the counters."""
        return self.prefix + "tickets"

    @property
    def alarms(self) -> str:
        """What is wrong."""
        return self.prefix + "alarms"

    def follow(self, digest: str) -> str:
        """How one number stands, for whoever has its slip.

        Args:
            digest: SHA-256 of the slip's secret, in hex: the broker does not learn the secret.
        """
        return f"{self.prefix}follow/{digest}"

    def bookings(self, day: date | None) -> str:
        """The bookings of a day, from the issuer; None: filter for those of all days."""
        return f"{self.prefix}bookings/{day or '+'}"

    def cancelled(self, day: date | None) -> str:
        """The cancelled bookings of a day, from the issuer; None: filter for those of all days."""
        return f"{self.prefix}cancelled/{day or '+'}"

    @property
    def keys(self) -> str:
        """The signed trust list, from the issuer."""
        return self.prefix + "keys"

    @property
    def status(self) -> str:
        """Whether this device is there: its birth, or its last will."""
        return f"{self.prefix}dev/{self.device}/status"

    @property
    def health(self) -> str:
        """How this device is."""
        return f"{self.prefix}dev/{self.device}/health"

    @property
    def events(self) -> str:
        """What happened on this device, to be stored by the collector."""
        return f"{self.prefix}dev/{self.device}/evt"

    @property
    def ack(self) -> str:
        """How far the collector has it."""
        return f"{self.prefix}dev/{self.device}/ack"

    def canary(self, client: str) -> str:
        """Where a client must hear itself."""
        return f"{self.prefix}canary/{client}"

    @property
    def commands(self) -> str:
        """Filter for the commands of all callers."""
        return self.prefix + "+/cmd/+"

    def presence(self, process: str) -> str:
        """Whether a process of this device is alive."""
        return f"{self.prefix}proc/{self.device}/{process}"

    @property
    def presences(self) -> str:
        """Filter for the presence of all processes of the lobby, on whatever device."""
        return f"{self.prefix}proc/+/+"

    def kiosk_result(self, kiosk: str) -> str:
        """What a kiosk shows for a scan or a touch."""
        return f"{self.prefix}kiosk/{kiosk}/result"

    def command(self, caller: str, verb: str) -> str:
        """Where `caller` asks for `verb`."""
        return f"{self.prefix}{caller}/cmd/{verb}"

    def reply(self, caller: str, token: str) -> str:
        """Where `caller` listens for answers; the token is its own choice."""
        return f"{self.prefix}{caller}/reply/{token}"

    def read_command(self, topic: str) -> CommandTopic | None:
        """Read a command's topic; None if it is not one."""
        if not topic.startswith(self.prefix):
            return None
        caller, _, rest = topic.removeprefix(self.prefix).partition("/")
        branch, _, verb = rest.partition("/")
        if branch != "cmd" or not CALLER.fullmatch(caller) or not VERB.fullmatch(verb):
            return None
        return CommandTopic(caller, verb)

    def read_presence(self, topic: str) -> tuple[str, str] | None:
        """Read the topic of a presence: device and process; None if it is not one."""
        prefix = f"{self.prefix}proc/"
        device, _, process = topic.removeprefix(prefix).partition("/")
        if not topic.startswith(prefix) or not device or not process or "/" in process:
            return None
        return device, process

    def read_issued(self, topic: str) -> tuple[str, date] | None:
        """Read the topic of a day from the issuer: `bookings` or `cancelled`, and which day."""
        if not topic.startswith(self.prefix):
            return None
        what, _, day = topic.removeprefix(self.prefix).partition("/")
        if what not in {"bookings", "cancelled"} or not DAY.fullmatch(day):
            return None
        try:
            return what, date.fromisoformat(day)
        except ValueError:
            return None

    def is_reply_to(self, caller: str, topic: str) -> bool:
        """Tell whether `topic` is a place where `caller`, and nobody else, may be answered.

        A responder that obeys any response topic lets a login write anywhere (tried).
        """
        prefix = self.reply(caller, "")
        return topic.startswith(prefix) and bool(TOKEN.fullmatch(topic.removeprefix(prefix)))
