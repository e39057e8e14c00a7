"""Who is alive."""

from __future__ import annotations

from appliance.bus.messages.payload import Message


class Presence(Message, frozen=True, kw_only=True):
    """Whether a process of ours is alive: birth, a beat every 2 s, and the last will.

    Args:
        state: `up` or `down`.
        detail: For people, such as `camera: no frames for 3 s`.
    """

    state: str
    detail: str = ""
