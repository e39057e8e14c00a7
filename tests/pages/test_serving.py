"""The web server as it is set up on a Pi: TLS, strict headers, and no trying of passwords."""

from __future__ import annotations

import http.client
import ssl
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance import config, pages
from appliance.strings import languages
from central.access.rights import Places, files_of
from tests.access.fleet import Fleet
from tests.support.ports import free_port
from tests.support.web import Nginx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

EXAMPLE: Final = Path(pages.__file__).parents[1] / "examples" / "entrance.toml"
DEVICE: Final = "sued.eingang-1"


class Server:
    """nginx on the file that is made for a device, with Debian's list of types."""

    def __init__(self, folder: Path) -> None:
        self.fleet = Fleet(folder)
        self.port = self.fleet.ports["counters"]
        here = folder / "nginx"
        here.mkdir()
        own = self.fleet.identity(DEVICE)
        assert own.certificate is not None
        assert own.key is not None
        (here / "own.pem").write_bytes(own.certificate.read_bytes())
        (here / "own.key").write_bytes(own.key.read_bytes())
        self.ca = own.ca
        pages.lay_out(config.load(EXAMPLE, languages=languages()), here / "pages")
        places = Places(str(here), pages=str(here / "pages"), websockets=free_port())
        files = files_of(self.fleet.inventory, places)
        self._nginx = Nginx(here, files[f"bus/{DEVICE}/nginx.conf"], self.port)

    def close(self) -> None:
        """End it."""
        self._nginx.close()

    def get(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask for a page, as who trusts the office's authority and nobody else."""
        trust = ssl.create_default_context(cafile=self.ca)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trust, timeout=10)
        with closing(connection):
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.close()


def test_every_answer_has_strict_headers(server: Server) -> None:
    for path, status in (("/", 200), ("/js/main.js", 200), ("/nowhere", 404), ("/mqtt", 403)):
        found, headers, _ = server.get(path)
        assert found == status, path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "nginx/" not in (headers["Server"] or "")


def test_files_are_sent_compressed_and_nothing_else_is_served(server: Server) -> None:
    _, headers, plain = server.get("/js/bus.js")
    assert headers["Content-Type"].startswith(("application/javascript", "text/javascript"))
    _, headers, packed = server.get("/js/bus.js", **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert len(packed) < len(plain) / 2
    for path in ("/../own.key", "/%2e%2e/own.key", "/.git", "/js/"):
        assert server.get(path)[0] in {400, 403, 404}, path
    assert server.get("/", method="POST")[0] in {403, 405}


def test_page_of_another_site_gets_no_connection(server: Server) -> None:
    ours = f"https://127.0.0.1:{server.port}"
    assert server.get("/mqtt", Origin="https://evil.example")[0] == 403
    # Nobody is behind it in this test: it would have been handed on.
    assert server.get("/mqtt", Origin=ours)[0] == 502


def test_passwords_cannot_be_tried_without_end(server: Server) -> None:
    ours = f"https://127.0.0.1:{server.port}"
    answers = [server.get("/mqtt", Origin=ours)[0] for _ in range(60)]
    assert answers[0] == 502
    assert answers[-1] == 429
    # The pages themselves are not held up by it.
    assert server.get("/")[0] == 200


def test_browser_that_does_not_know_the_authority_shows_no_page(
    server: Server, browser: Browser
) -> None:
    with closing(browser.new_context()) as stranger:
        page = stranger.new_page()
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(f"https://127.0.0.1:{server.port}/")
