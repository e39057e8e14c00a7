"""An office's package proxy: a test's machine has no way out of its own; what it gets is kept.

Only what Debian's apt asks for, over plain HTTP; packages are signed by Debian, not by their way.
"""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

FETCH_S = 60.0
STOP_S = 10.0


class PackageProxy:
    """Fetches for others, and keeps packages in a folder over all runs.

    Args:
        kept: The folder.
        host: Where it listens.
        port: The same; 0: any.
    """

    def __init__(self, kept: Path, host: str, port: int = 0) -> None:
        kept.mkdir(parents=True, exist_ok=True)
        self._server = ThreadingHTTPServer((host, port), _handler(kept))
        self._server.daemon_threads = False
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="package-proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(STOP_S)


def _handler(kept: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            # A package never changes under its name; lists do, and are fetched anew.
            if not self.path.endswith(".deb"):
                self._fetch(None)
                return
            copy = kept / quote(self.path, safe="")
            if not copy.exists():
                self._fetch(copy)
                return
            with copy.open("rb") as file:
                self.send_response(200)
                self.send_header("Content-Length", str(copy.stat().st_size))
                self.end_headers()
                shutil.copyfileobj(file, self.wfile)

        def _fetch(self, copy: Path | None) -> None:
            request = urllib.request.Request(self.path)  # noqa: S310  (apt asks for http alone)
            for name in ("If-Modified-Since", "Range", "If-Range"):
                if value := self.headers.get(name):
                    request.add_header(name, value)
            try:
                with urllib.request.urlopen(request, timeout=FETCH_S) as reply:  # noqa: S310  (the same)
                    status, body, kind = reply.status, reply.read(), reply.headers
            except urllib.error.HTTPError as error:
                status, body, kind = error.code, error.read(), error.headers
            except OSError:
                status, body, kind = 502, b"", None
            if copy is not None and status == 200:
                draft = copy.with_name(f"{copy.name}.{threading.get_ident()}")
                draft.write_bytes(body)
                draft.replace(copy)
            self.send_response(status)
            for name in ("Last-Modified", "Content-Range"):
                if kind is not None and (value := kind.get(name)):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its own name)
            pass

    return Handler
