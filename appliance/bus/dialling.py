"""Opening a socket to a broker: unix, TCP, TLS, through a proxy.

Own code and not paho's (2.2), which leaves the socket of a failed attempt open, cannot set options
on the TCP socket below a WebSocket, and takes PySocks, last released in 2019, for a proxy. For an
HTTP proxy the standard library is enough.

TCP_NODELAY: 44 ms → 0.7 ms a round trip (measured). Of a peer that is gone without a word TCP says
nothing for 15 minutes: so it is asked every 3 s once nothing came for 5 s, and given up when it has
been silent for 10 s, whether we were sending or not.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from typing import TYPE_CHECKING, assert_never

from appliance.bus.addresses import Identity, Tcp, Tls, UnixSocket
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.bus.addresses import Address, Anchor, Proxy

SILENT_MS = 10_000
ASK_AFTER_S = 5
ASK_EVERY_S = 3
TIMEOUT_S = 5.0
NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME: X509_VERIFY_PARAM_set_flags(3); Python has no name for it."""


class IdentityError(LobbyError, OSError):
    """A certificate or key of ours cannot be used."""

    def __init__(self, identity: Anchor, error: OSError) -> None:
        self.identity = identity
        super().__init__(f"{identity.files} cannot be used: {error}; put the right file there")


def dial(address: Address, *, check_dates: bool = True) -> socket.socket:
    """Open a socket; blocks for a few times 5 s at most, and for as long as names take.

    Args:
        address: The broker's.
        check_dates: Whether its certificate must be valid now. Without a clock that can be
            believed nobody can tell; everything else of it is checked all the same.

    Raises:
        ssl.SSLError: The certificate is none that we trust, or the broker does not take ours.
        OSError: Nobody answers, or there is no such name.
        IdentityError: Our own files cannot be used.
    """
    match address:
        case UnixSocket(path):
            return _unix(path)
        case Tcp(host, port):
            return _tcp(host, port)
        case Tls():
            context = tls_context(address.identity, check_dates=check_dates)
            if address.path is not None:
                # Without it some web servers speak HTTP/2 as soon as they speak TLS.
                context.set_alpn_protocols(["http/1.1"])
            proxy, host, port = address.proxy, address.host, address.port
            sock = _tcp(host, port) if proxy is None else _through(proxy, host, port)
            return _wrap(sock, address, context)
    assert_never(address)


def tls_context(identity: Anchor, *, check_dates: bool = True) -> ssl.SSLContext:
    """Give what a TLS connection is made with: TLS 1.2 or later, our own CA only, names checked.

    Raises:
        IdentityError: A file is missing or is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(identity.ca)
        if isinstance(identity, Identity):
            context.load_cert_chain(identity.certificate, identity.key)
    except OSError as error:
        raise IdentityError(identity, error) from error
    if not check_dates:
        context.verify_flags |= NO_CHECK_TIME
    return context


def _unix(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(str(path))
    except OSError:
        sock.close()
        raise
    return sock


def _tcp(host: str, port: int) -> socket.socket:
    sock = socket.create_connection((host, port), TIMEOUT_S)
    _set_options(sock)
    return sock


def _set_options(sock: socket.socket) -> None:
    for level, option, value in (
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MS),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_AFTER_S),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_S),
    ):
        sock.setsockopt(level, option, value)


def _through(proxy: Proxy, host: str, port: int) -> socket.socket:
    """Open a tunnel; the proxy looks the name up.

    Nothing of what follows can be lost in the reader of the proxy's answer: with TLS the client
    speaks first.
    """
    tunnel = http.client.HTTPConnection(proxy.host, proxy.port, timeout=TIMEOUT_S)
    headers = {}
    if proxy.login:
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(proxy.login.encode()).decode()}"
    tunnel.set_tunnel(host, port, headers)
    try:
        tunnel.connect()
        sock = tunnel.sock
        _set_options(sock)
    except http.client.HTTPException as error:
        tunnel.close()
        raise ConnectionError(f"the proxy {proxy.host}:{proxy.port} is none: {error!r}") from error
    except BaseException:
        tunnel.close()
        raise
    return sock


def _wrap(sock: socket.socket, address: Tls, context: ssl.SSLContext) -> ssl.SSLSocket:
    try:
        secure = context.wrap_socket(
            sock, server_hostname=address.host, do_handshake_on_connect=False
        )
    except BaseException:
        sock.close()
        raise
    try:
        secure.do_handshake()
    except BaseException:
        secure.close()
        raise
    return secure
