"""The small web server before a broker: a lobby's pages or the dashboard, and `/mqtt`.

mosquitto can serve files too (`http_dir`), but sets no header: no content security policy, no frame
protection. And it lets try passwords as fast as the network carries them. So nginx stands before
it, ends TLS, serves the files as they were laid out, and hands `/mqtt` on to a listener
that only this machine reaches. See docs/adr/0016-pages.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from third parties, nothing inline, no markup made of strings."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=2592000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A new release counts at the next look; what is unchanged is not sent again.
    "Cache-Control": "no-cache",
}
LOGINS_A_MINUTE: Final = 60
"""From one address. Behind a terminal server a whole floor has one, and after a restart of the bus
all come back at once; a password of 24 random bytes is not found at this rate."""
BURST: Final = 40
CONNECTIONS: Final = 100
SILENCE_S: Final = 130
"""Longer than the longest keepalive that the bus allows."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the server is told.

    Args:
        listen: Where browsers come: a port, or address and port.
        pages: Folder of the pages.
        bus_port: Where the bus listens for WebSockets, on 127.0.0.1.
        identity: Certificate (PEM, with what is between it and its root) and private key; None:
            without TLS, which is for a demonstration on one machine.
    """

    listen: str
    pages: str
    bus_port: int
    identity: tuple[str, str] | None = None


def settings(served: Served) -> str:
    """Give what belongs into nginx's `http` block (`/etc/nginx/conf.d/lobby.conf`)."""
    headers = "\n".join(
        f'    add_header {name} "{value}" always;' for name, value in HEADERS.items()
    )
    return f"""\
limit_req_zone $binary_remote_addr zone=lobby_logins:1m rate={LOGINS_A_MINUTE}r/m;
limit_conn_zone $binary_remote_addr zone=lobby_pages:1m;

server {{
    listen {served.listen}{" ssl" if served.identity else ""};
{_tls(served.identity)}    server_tokens off;

    # Who works when at which counter is nobody's business here.
    access_log off;

    root {served.pages};
    gzip_static on;
    client_max_body_size 1k;
    limit_conn lobby_pages {CONNECTIONS};
    limit_conn_status 429;

{headers}

    location / {{
        limit_except GET {{ deny all; }}
        try_files $uri $uri/index.html =404;
    }}

    # Each connection is one try of a password.
    location = /mqtt {{
        if ($http_origin != "$scheme://$http_host") {{ return 403; }}
        limit_req zone=lobby_logins burst={BURST} nodelay;
        limit_req_status 429;
        limit_conn lobby_pages {CONNECTIONS};
        proxy_pass http://127.0.0.1:{served.bus_port};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
        proxy_read_timeout {SILENCE_S}s;
        proxy_send_timeout {SILENCE_S}s;
        proxy_buffering off;
    }}
}}
"""


def _tls(identity: tuple[str, str] | None) -> str:
    if identity is None:
        return ""
    certificate, key = identity
    return f"""\
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
"""
