"""Where the command line stands on the bus, and what it says when there is none.

A client id is never used twice at a time: a broker hangs up on the first of two, and somebody may
well watch in one window and call in another.
"""

from __future__ import annotations

import queue
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.bus.link import Address, Connected, Hitch, Link, Login
from appliance.bus.topics import Topics
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from appliance.bus.link import Inbound

CALLER = "staff.console"
REACHED_WITHIN_S = 5.0
"""A broker that was restarted is back by then."""
_LOOK_S = 0.1


class NoBusError(LobbyError):
    """The bus cannot be reached: nothing was asked, and nothing done.

    Args:
        address: Of the bus.
        hitch: Why, as far as is known.
    """

    def __init__(self, address: Address, hitch: Hitch | None) -> None:
        self.address = address
        self.hitch = hitch
        if hitch is Hitch.REFUSED:
            sentence = (
                f"the bus at {address} does not let '{CALLER}' in; its password is not the one in"
                " the bus's own list: let provisioning write both."
            )
        else:
            sentence = (
                f"no bus answers at {address}; nothing was done. Is it running? Look with:"
                " systemctl status mosquitto"
            )
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Place:
    """What is needed to connect.

    Args:
        topics: The lobby's tree.
        address: Of the bus.
        password: Of `staff.console`.
    """

    topics: Topics
    address: Address
    password: str

    def login(self) -> Login:
        """Give a login for one more connection."""
        return Login(f"{CALLER}.{secrets.token_hex(4)}", CALLER, self.password)

    def __repr__(self) -> str:
        return f"Place({self.topics!r}, {self.address!r})"


def reach(link: Link, inbox: queue.SimpleQueue[Inbound], address: Address) -> None:
    """Wait until an open link is up; up to `REACHED_WITHIN_S`.

    Args:
        link: It hands on to `inbox`.
        inbox: Nothing has come by it yet.
        address: For the sentence.

    Raises:
        NoBusError: It does not come up.
    """
    until_s = time.monotonic() + REACHED_WITHIN_S
    while time.monotonic() < until_s and link.hitch is not Hitch.REFUSED:
        with suppress(queue.Empty):
            if isinstance(inbox.get(timeout=_LOOK_S), Connected):
                return
    raise NoBusError(address, link.hitch)
