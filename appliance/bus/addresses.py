"""Where a broker is, and how one gets there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from appliance.errors import LobbyError

MQTTS_PORT = 8883
HTTPS_PORT = 443
_HOST = r"(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
_PORT = r"(?::(?P<port>[0-9]{1,5}))?"
_BROKER = re.compile(rf"(?P<scheme>mqtts?|wss)://{_HOST}{_PORT}(?P<path>/[!-~]*)?")
_PROXY = re.compile(rf"http://(?:(?P<login>[!-9;-?A-~]+:[!-?A-~]*)@)?{_HOST}{_PORT}/?")
_HIGHEST_PORT = 65535
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class AddressError(LobbyError, ValueError):
    """An address is none that a link can use."""

    def __init__(self, url: str, wrong: str) -> None:
        self.url = url
        super().__init__(f"'{url}' {wrong}")


class UnixSocket(msgspec.Struct, frozen=True):
    """The bus of this device."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


class Tcp(msgspec.Struct, frozen=True):
    """A broker's plain listener; on loopback only."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Anchor(msgspec.Struct, frozen=True):
    """Whom we trust; a password tells who we are. The file is read anew at each connect.

    Args:
        ca: Certificates, PEM, of those who may sign for a broker. No others count, not even those
            that the system trusts.
    """

    ca: Path

    @property
    def files(self) -> str:
        """Where it is."""
        return str(self.ca)


class Identity(Anchor, frozen=True):
    """Whom we trust, and who we are; see `Anchor`.

    Args:
        certificate: Ours, PEM, with what is between it and its root.
        key: Its private key, PEM, not encrypted.
    """

    certificate: Path
    key: Path

    @property
    def files(self) -> str:
        """Where they are."""
        return f"{self.ca}, {self.certificate} or {self.key}"


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy that lets us through with CONNECT (RFC 9110, section 9.3.6).

    Args:
        host: Its name.
        port: Its port.
        login: `name:password`, or empty. Never logged.
    """

    host: str
    port: int
    login: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.host!r}, {self.port})"


class Tls(msgspec.Struct, frozen=True):
    """A broker's listener with TLS; the name in its certificate must be that of the host.

    Args:
        host: Its name.
        port: Its port.
        identity: The certificates.
        path: Of a WebSocket; None: MQTT without one.
        proxy: The way out of the office, where there is one.
    """

    host: str
    port: int
    identity: Anchor
    path: str | None = None
    proxy: Proxy | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}{self.path or ''}"


Address = UnixSocket | Tcp | Tls


def read_address(url: str, identity: Anchor, proxy: str = "") -> Tcp | Tls:
    """Read an address as people write it.

    Args:
        url: `mqtts://host:port`, `wss://host:port/path`, or `mqtt://` to this same machine.
        identity: Used with TLS.
        proxy: `http://name:password@host:port`; empty: none.

    Raises:
        AddressError: It is none of these.
    """
    found = _BROKER.fullmatch(url)
    if found is None:
        raise AddressError(url, "is not mqtts://host:port or wss://host:port/path")
    scheme, host, path = found["scheme"], found["host"], found["path"]
    if scheme != "wss" and path not in {None, "/"}:
        raise AddressError(url, f"has a path, which {scheme}:// has no use for")
    if scheme == "mqtt":
        if host not in _LOOPBACK:
            raise AddressError(url, "is not encrypted: write mqtts:// or wss://")
        return Tcp(host.strip("[]"), _port(url, found["port"], 1883))
    port = _port(url, found["port"], HTTPS_PORT if scheme == "wss" else MQTTS_PORT)
    websocket = (path or "/") if scheme == "wss" else None
    return Tls(host.strip("[]"), port, identity, websocket, _read_proxy(proxy))


def _read_proxy(url: str) -> Proxy | None:
    if not url:
        return None
    found = _PROXY.fullmatch(url)
    if found is None:
        raise AddressError("the proxy", "is not http://host:port")
    return Proxy(found["host"].strip("[]"), _port(url, found["port"], 3128), found["login"] or "")


def _port(url: str, port: str | None, usual: int) -> int:
    number = usual if port is None else int(port)
    if not 1 <= number <= _HIGHEST_PORT:
        raise AddressError(url, "has no port from 1 to 65535")
    return number
