"""The section that says how the central broker is reached."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from appliance.config.keys import Filled, Key
from appliance.config.kinds import Kind, absolute_path, pattern
from appliance.config.problems import Finding, Refused

_HOST = r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?"
_BROKER = (
    rf"mqtts://{_HOST}|wss://{_HOST}(/[!-~]{{0,100}})?"
    r"|mqtt://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
)


def _proxy() -> Kind:
    """Give the kind of a proxy's address; a wrong value may have a password in it."""
    allowed = "http://host:port, or empty; name and password stand in proxy_login"

    def parse(raw: object) -> str:
        if isinstance(raw, str) and re.fullmatch(rf"(http://{_HOST}/?)?", raw):
            return raw
        raise Refused(Finding("the value is not allowed", allowed))

    return Kind(allowed, parse)


class Uplink(Filled, frozen=True, kw_only=True):
    """The way to the central broker."""

    broker: Annotated[
        str | None,
        Key(
            pattern(
                _BROKER, "mqtts://host:port, wss://host/path, or mqtt:// to this device itself"
            ),
            "Where it is. Ports that are left out: 8883, 443 and 1883.",
            default=None,
            example="mqtts://central.example:8883",
            absent="nothing is sent, and no bookings come",
        ),
    ]
    ca: Annotated[
        Path,
        Key(
            absolute_path(),
            "Certificates (PEM) of those who may sign for the broker; no others are trusted.",
            "/etc/lobby/uplink/ca.pem",
        ),
    ]
    certificate: Annotated[
        Path,
        Key(absolute_path(), "This device's certificate (PEM).", "/etc/lobby/uplink/device.pem"),
    ]
    key: Annotated[
        Path,
        Key(
            absolute_path(secret=True),
            "Its private key (PEM, not encrypted); it never leaves the device.",
            "/etc/lobby/uplink/device.key",
        ),
    ]
    proxy: Annotated[
        str,
        Key(
            _proxy(),
            "An HTTP proxy that lets through with CONNECT; empty: straight there.",
            "",
        ),
    ]
    proxy_login: Annotated[
        Path | None,
        Key(
            absolute_path(secret=True),
            "File with name:password for the proxy.",
            default=None,
            example="/etc/lobby/uplink/proxy",
            absent="it wants none",
        ),
    ]
