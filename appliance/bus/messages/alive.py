"""Who is alive, and how well."""

from __future__ import annotations

from typing import TypedDict

from appliance.bus.messages.payload import Message, Moment, Retained


class Presence(Message, frozen=True, kw_only=True):
    """Whether a process of ours is alive: birth, a beat every 2 s, and the last will.

    Args:
        state: `up` or `down`.
        detail: For people, such as `camera: no frames for 3 s`.
    """

    state: str
    detail: str = ""


class Status(Message, frozen=True, kw_only=True):
    """Whether a device is there: birth and last will.

    Args:
        state: `up` or `down`.
        session: Random per start of the desk: a will of an earlier one is told from this one's.
        as_of: Desk time of the start.
        version: Of the release that runs.
    """

    state: str
    session: str
    as_of: Moment
    version: str


class UplinkHealth(Message, frozen=True, kw_only=True):
    """How the way to the central broker is.

    Args:
        backlog: Events that the collector does not have yet; 100,000 at most.
        stalled_s: For so long nothing that was sent has been stored; 0: nothing is waited for.
        dead: Events that can never be sent.
        refused: Messages from there that were not what they should be.
        dates_checked: False: the time is not known, and certificates may be out of date.
        certificate_until: When ours expires; None: not known.
    """

    backlog: int
    stalled_s: int
    dead: int
    refused: int
    dates_checked: bool
    certificate_until: Moment | None = None


class MachineHealth(TypedDict, total=False):
    """What of `Health` is found out by looking at the device; see there."""

    camera: str | None
    board: str | None
    kiosk: str | None
    card: str | None
    disk_free_bytes: int | None
    memory_free_bytes: int | None
    temperature_c: float | None
    undervoltage: bool | None


class Health(Retained, frozen=True, kw_only=True):
    """How a device is. What is None is not known, or not there.

    Args:
        camera: A word for how the scanner and its camera are: `ok`, `no_frames` and the like.
        board: The same, of the board's process.
        kiosk: The same, of the process of the screen that visitors use.
        printer: The same: `ready`, `paper_low`, `paper_out`, `gone` and the like.
        paper: Whether slips come out.
        card: `fine`, `read_only`, or `errors` that its file system has met.
        disk_free_bytes: Where the journal is.
        memory_free_bytes: What programs could still be given.
        temperature_c: Of the processor.
        undervoltage: Whether the supply was too weak since the desk's start.
        clock: Whether it is known what time it is: `sure` or `unsure`.
        refused: Messages on the bus that were not what they should be, since the desk's start:
            retained where nothing may be, malformed, with another's response topic.
        uplink: None: there is none.
    """

    camera: str | None = None
    board: str | None = None
    kiosk: str | None = None
    printer: str | None = None
    paper: bool | None = None
    card: str | None = None
    disk_free_bytes: int | None = None
    memory_free_bytes: int | None = None
    temperature_c: float | None = None
    undervoltage: bool | None = None
    clock: str | None = None
    refused: int = 0
    uplink: UplinkHealth | None = None
