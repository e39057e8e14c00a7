"""Fetching slides from a real server on a real socket, good and bad."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import TYPE_CHECKING, Self

import pytest

from appliance.board.slides_fetch import FetchError, fetch
from appliance.cli import main
from appliance.display.slides import read_slides
from tests.slides.pictures import claiming, png

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Site:
    """A web server with files; it counts what it is asked, and can be made to misbehave."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.endless = False
        self.status = 200
        site = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.answer(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, name="site")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/slides.toml"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        body = self.files.get(to.path.lstrip("/"))
        etag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
        if self.status != 200 or body is None:
            to.send_error(self.status if self.status != 200 else 404)
        elif to.headers.get("If-None-Match") == etag:
            to.send_response(304)
            to.end_headers()
        else:
            to.send_response(200)
            to.send_header("ETag", etag)
            to.end_headers()
            try:
                to.wfile.write(body)
                while self.endless:
                    to.wfile.write(b"#" * 65_536)
            except ConnectionError:
                return

    def publish(self, **pictures: bytes) -> None:
        """Publish a list with these pictures; each stands there with its checksum."""
        self.files = {f"{name}.png": data for name, data in pictures.items()}
        self.files["slides.toml"] = "\n".join(
            f'[[slide]]\npicture = "{name}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"'
            for name, data in self.files.items()
        ).encode()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def shown(folder: Path) -> list[str]:
    slides = read_slides((folder / "current" / "slides.toml").read_bytes())
    names = [slide.view.picture for slide in slides]
    assert all((folder / "current" / name).is_file() for name in names)
    return names


def test_a_set_comes_whole_and_only_once(site: Site, tmp_path: Path) -> None:
    site.publish(a=png(), b=png((100, 50)))
    assert fetch(site.url, tmp_path)
    assert shown(tmp_path) == ["a.png", "b.png"]
    assert not fetch(site.url, tmp_path)
    assert site.asked == ["/slides.toml", "/a.png", "/b.png", "/slides.toml"]


def test_of_a_new_set_only_what_is_new_is_fetched(site: Site, tmp_path: Path) -> None:
    site.publish(a=png(), b=png((100, 50)))
    fetch(site.url, tmp_path)
    site.asked.clear()
    site.publish(a=png(), c=png((60, 60)))
    assert fetch(site.url, tmp_path)
    assert shown(tmp_path) == ["a.png", "c.png"]
    assert site.asked == ["/slides.toml", "/c.png"]
    # Nothing of the old set is left.
    assert len(list(tmp_path.glob("set-*"))) == 1


def spoil_checksum(site: Site) -> None:
    site.publish(b=png((90, 90)))
    site.files["b.png"] += b"x"


def spoil_picture(site: Site) -> None:
    site.publish(b=claiming(20_000, 20_000))


def lose_picture(site: Site) -> None:
    site.publish(b=png((90, 90)))
    del site.files["b.png"]


def forget_checksum(site: Site) -> None:
    site.publish(b=png((90, 90)))
    site.files["slides.toml"] = b'[[slide]]\npicture = "b.png"\n'


def never_end(site: Site) -> None:
    site.publish(b=png((90, 90)))
    site.endless = True


def be_ill(site: Site) -> None:
    site.status = 503


def say_nonsense(site: Site) -> None:
    site.files["slides.toml"] = b"<html>Please log in</html>"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_checksum, "is another than slides.toml says"),
        (spoil_picture, "20000 × 20000"),
        (lose_picture, "answers 404"),
        (forget_checksum, "has no sha256"),
        (never_end, "is too large"),
        (be_ill, "answers 503"),
        (say_nonsense, "is not TOML"),
    ],
)
def test_whatever_the_server_does_the_last_good_set_stays(
    spoil: object, said: str, site: Site, tmp_path: Path
) -> None:
    site.publish(a=png())
    fetch(site.url, tmp_path)
    assert callable(spoil)
    spoil(site)
    with pytest.raises(FetchError, match=said):
        fetch(site.url, tmp_path)
    site.endless = False
    assert shown(tmp_path) == ["a.png"]


def test_a_server_that_is_away_is_said_and_the_set_stays(tmp_path: Path) -> None:
    with Site() as site:
        site.publish(a=png())
        fetch(site.url, tmp_path)
        url = site.url
    with pytest.raises(FetchError, match=r"cannot be fetched \(ConnectionError\)"):
        fetch(url, tmp_path)
    assert shown(tmp_path) == ["a.png"]


def test_who_takes_too_long_is_given_up(site: Site, tmp_path: Path) -> None:
    site.publish(a=png())
    with pytest.raises(FetchError, match="is too slow"):
        fetch(site.url, tmp_path, deadline_s=0.0)
    assert not (tmp_path / "current").exists()


def test_what_an_earlier_attempt_left_behind_is_removed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "set-half").mkdir()
    site.publish(a=png())
    assert fetch(site.url, tmp_path)
    assert not (tmp_path / "set-half").exists()


def test_the_verb_says_what_happened(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (resources.files("appliance") / "examples" / "entrance.toml").read_text("utf-8")
    file = tmp_path / "lobby.toml"
    folder = tmp_path / "slides"
    folder.mkdir()
    file.write_text(f'{source}\n[slides]\nfolder = "{folder}"\nurl = "{site.url}"\n', "utf-8")
    site.publish(a=png())

    def slides(verb: str) -> int:
        return main(["slides", verb, "--config", str(file)])

    assert [slides("fetch"), slides("fetch"), slides("check")] == [0, 0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "new slides are in place.",
        "the slides are up to date.",
        "1 slides, 0 of them without their picture.",
    ]
    site.status = 500
    assert slides("fetch") == 1
    assert "answers 500" in capsys.readouterr().err
