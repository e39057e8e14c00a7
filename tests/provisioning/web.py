"""A web server with releases on it, over TLS, which can be made to behave as badly as they do."""

from __future__ import annotations

import hashlib
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.bus.addresses import Identity

STOP_S: Final = 10.0


class Web:
    """Serves a folder, in pieces if asked for.

    Args:
        folder: What lies in it can be fetched.
        identity: Its certificate and key; None: without TLS.
        host: Where it listens.

    Attributes:
        asked: Name and `Range` of each request, in their order.
        breaks_after: Bytes of a file's body after which the connection ends; None: it does not.
        breaks: So often, then no more.
        adds_to_length: Is added to what it says that a body is long.
        status: What it answers in place of a file; 200: the file.
        etag: Whether it tells one.
        ranges: Whether it gives pieces.
        leads_to: Folder below its own to which it leads, in place of giving a file.
    """

    def __init__(self, folder: Path, identity: Identity | None, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.asked: list[tuple[str, str | None]] = []
        self.breaks_after: int | None = None
        self.breaks = 1
        self.adds_to_length = 0
        self.status = 200
        self.etag = True
        self.ranges = True
        self.leads_to = ""
        web = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append((self.path.lstrip("/"), self.headers.get("Range")))
                web.answer(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer((host, 0), Answers)
        self._scheme = "https" if identity else "http"
        if identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.certificate, identity.key)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._server.daemon_threads = False
        # A client that trusts another authority hangs up: that is no news.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="web")

    @property
    def url(self) -> str:
        """Of the folder."""
        return f"{self._scheme}://{self._server.server_name}:{self._server.server_port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(STOP_S)

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        if self.leads_to and not to.path.startswith(f"/{self.leads_to}/"):
            to.send_response(302)
            to.send_header("Location", f"/{self.leads_to}{to.path}")
            to.send_header("Content-Length", "0")
            to.end_headers()
            return
        path = self.folder / to.path.lstrip("/")
        if self.status != 200 or not path.is_file():
            to.send_error(self.status if self.status != 200 else 404)
            return
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        wanted = re.fullmatch(r"bytes=(\d+)-", to.headers.get("Range", ""))
        same = to.headers.get("If-Range") in {None, etag}
        if wanted and self.ranges and same:
            to.send_response(206)
            to.send_header("Content-Range", f"bytes {wanted[1]}-{len(body) - 1}/{len(body)}")
            body = body[int(wanted[1]) :]
        else:
            to.send_response(200)
        if self.etag:
            to.send_header("ETag", etag)
        to.send_header("Content-Length", str(len(body) + self.adds_to_length))
        to.end_headers()
        broken = self.breaks_after is not None and len(body) > self.breaks_after and self.breaks
        if broken:
            self.breaks -= 1
            body = body[: self.breaks_after]
        to.wfile.write(body)
        if broken:
            # In the middle of TLS, as a cable does.
            to.connection.unwrap = lambda: None
            to.close_connection = True
