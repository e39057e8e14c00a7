"""Fetching releases from a real server over TLS, which breaks, lies and worse."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

import pytest

from provisioning.on_pi.lobby_release import fetching
from provisioning.on_pi.lobby_release.fetching import Patience, fetch
from provisioning.on_pi.lobby_release.ground import Places, ReleaseError
from provisioning.on_pi.lobby_release.installing import note_unwanted
from provisioning.release import new_key
from tests.provisioning.forged import forge
from tests.provisioning.web import Web
from tests.support.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE: Final = 300_000
WHEEL: Final = os.urandom(SIZE)


class Pi:
    """A Pi that fetches.

    Args:
        folder: Its root, and what it fetched.
        web: From where.
        authority: Who vouches for that.
    """

    def __init__(self, folder: Path, web: Web, authority: Authority) -> None:
        self.places = Places(folder / "root")
        self.places.releases.mkdir(parents=True)
        self.places.key.parent.mkdir(parents=True)
        self.fetched = folder / "fetched"
        self.fetched.mkdir()
        self.web = web
        self.ca = authority.path
        self.paused: list[float] = []

    def runs(self, version: str) -> None:
        self.places.current.symlink_to(self.places.releases / version)

    def fetch(self, deadline_s: float = 60.0, silence_s: float = 5.0) -> str:
        patience = Patience(deadline_s, silence_s, tries=3, pause=self.paused.append)
        return fetch(self.web.url, self.fetched, self.places, self.ca, patience)

    def part(self, version: str = "1.2.0") -> Path:
        return self.fetched / version / ".appliance.whl.part"

    def wheel(self, version: str = "1.2.0") -> bytes:
        return (self.fetched / version / "appliance.whl").read_bytes()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def web(tmp_path: Path, authority: Authority) -> Iterator[Web]:
    with Web(tmp_path / "offered", authority.issue("web")) as server:
        yield server


@pytest.fixture
def pi(tmp_path: Path, web: Web, authority: Authority) -> Pi:
    """A Pi that runs 1.1.0; the server offers 1.2.0."""
    made = Pi(tmp_path / "pi", web, authority)
    made.places.key.write_bytes(new_key(tmp_path / "release.key").read_bytes())
    made.runs("1.1.0")
    offer(made, tmp_path, "1.2.0")
    return made


def offer(pi: Pi, folder: Path, version: str, key: str = "release.key") -> None:
    pi.web.folder = forge(folder / version, folder / key, wheel=WHEEL)


def asked_for_wheel(web: Web) -> list[str | None]:
    return [part for name, part in web.asked if name == "appliance.whl"]


def test_release_is_fetched_whole(pi: Pi) -> None:
    assert pi.fetch() == "fetched release 1.2.0"
    assert pi.wheel() == WHEEL
    there = {path.name for path in (pi.fetched / "1.2.0").iterdir()}
    assert there == {"appliance.whl", "requirements.txt", "release.json", "release.sig"}


def test_what_is_there_already_is_not_fetched_again(pi: Pi) -> None:
    pi.fetch()
    pi.web.asked.clear()
    pi.fetch()
    assert {name for name, _ in pi.web.asked} == {"release.json", "release.sig"}


# It breaks.


def test_transfer_that_breaks_goes_on_from_where_it_broke(pi: Pi) -> None:
    pi.web.breaks_after = 100_000
    pi.fetch()
    assert pi.wheel() == WHEEL
    assert asked_for_wheel(pi.web) == [None, "bytes=100000-"]
    assert pi.paused == [1.0]


def test_next_night_goes_on_from_where_it_broke(pi: Pi) -> None:
    pi.web.breaks_after = 100_000
    with pytest.raises(ReleaseError, match=r"appliance\.whl did not come .*goes on from here"):
        fetch(pi.web.url, pi.fetched, pi.places, pi.ca, Patience(tries=0))
    pi.web.asked.clear()
    pi.fetch()
    assert asked_for_wheel(pi.web) == ["bytes=100000-"]
    assert pi.wheel() == WHEEL


def test_as_long_as_bytes_come_it_goes_on(pi: Pi) -> None:
    pi.web.breaks_after, pi.web.breaks = 20_000, 99
    pi.fetch()
    assert pi.wheel() == WHEEL
    assert len(asked_for_wheel(pi.web)) == SIZE // 20_000


def test_server_without_ranges_sends_all_again(pi: Pi) -> None:
    pi.web.breaks_after, pi.web.ranges = 100_000, False
    pi.fetch()
    assert pi.wheel() == WHEEL


def test_file_that_was_published_anew_in_between_is_not_joined(pi: Pi) -> None:
    # The ETag is another one: the server sends all of it, and the first half counts no more.
    (pi.fetched / "1.2.0").mkdir()
    pi.part().write_bytes(b"x" * 1000)
    pi.part().with_suffix(".etag").write_text('"another"')
    pi.fetch()
    assert asked_for_wheel(pi.web) == ["bytes=1000-"]
    assert pi.wheel() == WHEEL


def test_part_of_something_else_is_found_out_and_fetched_whole(pi: Pi) -> None:
    pi.web.etag = False
    (pi.fetched / "1.2.0").mkdir()
    pi.part().write_bytes(b"x" * 1000)
    pi.fetch()
    assert asked_for_wheel(pi.web) == ["bytes=1000-", None]
    assert pi.wheel() == WHEEL


def test_server_that_is_away_leaves_all_as_it_is(pi: Pi, tmp_path: Path) -> None:
    pi.fetch()
    offer(pi, tmp_path, "1.3.0")
    pi.web.status = 503
    with pytest.raises(ReleaseError, match=r"answers 503.*what runs stays"):
        pi.fetch()
    assert pi.wheel() == WHEEL
    assert pi.paused == [2.0, 4.0]


def test_server_that_says_no_is_not_asked_again(pi: Pi) -> None:
    pi.web.status = 403
    with pytest.raises(ReleaseError, match="answers 403"):
        pi.fetch()
    assert len(pi.web.asked) == 1


def test_server_that_leads_elsewhere_is_not_followed(pi: Pi) -> None:
    pi.web.folder, pi.web.leads_to = pi.web.folder.parent, "1.2.0"
    with pytest.raises(ReleaseError, match="answers 302"):
        pi.fetch()
    assert [name for name, _ in pi.web.asked] == ["release.json"]


def test_time_is_up_at_some_time(pi: Pi) -> None:
    with pytest.raises(ReleaseError, match="too slow"):
        pi.fetch(deadline_s=0.0)


def test_server_that_says_nothing_is_given_up(pi: Pi) -> None:
    hold = threading.Event()
    answer = pi.web.answer
    pi.web.answer = lambda to: None if hold.wait(10) else answer(to)  # type: ignore[method-assign]
    try:
        with pytest.raises(ReleaseError, match="ReadTimeout"):
            pi.fetch(silence_s=0.05)
    finally:
        hold.set()


# It lies.


@pytest.mark.parametrize("lie", [-1000, 1_000_000])
def test_lie_about_length_changes_nothing(pi: Pi, lie: int) -> None:
    answer = pi.web.answer

    def lies_about_the_wheel(to: object) -> None:
        pi.web.adds_to_length = lie if to.path == "/appliance.whl" else 0  # type: ignore[attr-defined]
        lies = len(asked_for_wheel(pi.web)) == 1
        pi.web.adds_to_length *= lies
        answer(to)  # type: ignore[arg-type]

    pi.web.answer = lies_about_the_wheel  # type: ignore[method-assign]
    pi.fetch()
    assert pi.wheel() == WHEEL


def test_longer_file_than_was_signed_is_not_taken(pi: Pi) -> None:
    with (pi.web.folder / "appliance.whl").open("ab") as file:
        file.write(b"and more" * 100_000)
    pi.fetch()
    assert pi.wheel() == WHEEL


def test_manifest_without_end_is_not_taken(pi: Pi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SIGNED_BYTES_MAX", 10)
    with pytest.raises(ReleaseError, match="not signed by the office"):
        pi.fetch()


def test_other_file_than_was_signed_is_not_kept(pi: Pi) -> None:
    (pi.web.folder / "appliance.whl").write_bytes(os.urandom(SIZE))
    with pytest.raises(ReleaseError, match="not as it was signed: publish it again"):
        pi.fetch()
    assert not (pi.fetched / "1.2.0" / "appliance.whl").exists()
    assert not pi.part().exists()


# It offers what it should not.


def test_unsigned_release_is_refused_before_any_file_is_fetched(pi: Pi) -> None:
    (pi.web.folder / "release.sig").write_bytes(bytes(64))
    with pytest.raises(ReleaseError, match="not signed by the office"):
        pi.fetch()
    assert {name for name, _ in pi.web.asked} == {"release.json", "release.sig"}


def test_release_of_somebody_else_is_refused(pi: Pi, tmp_path: Path) -> None:
    new_key(tmp_path / "other.key")
    offer(pi, tmp_path, "1.4.0", "other.key")
    with pytest.raises(ReleaseError, match="not signed by the office"):
        pi.fetch()


def test_older_release_is_refused(pi: Pi, tmp_path: Path) -> None:
    offer(pi, tmp_path, "1.0.0")
    with pytest.raises(ReleaseError, match=r"offers 1\.0\.0, which is older than 1\.1\.0"):
        pi.fetch()
    assert not (pi.fetched / "1.0.0").exists()


def test_release_that_runs_is_not_fetched(pi: Pi, tmp_path: Path) -> None:
    offer(pi, tmp_path, "1.1.0")
    assert pi.fetch() == "release 1.1.0 runs already"
    assert asked_for_wheel(pi.web) == []


def test_release_that_was_worse_here_is_left_alone(pi: Pi) -> None:
    note_unwanted("1.2.0", pi.places, is_so=True)
    assert "was worse here" in pi.fetch()
    assert asked_for_wheel(pi.web) == []
    note_unwanted("1.2.0", pi.places, is_so=False)
    assert pi.fetch() == "fetched release 1.2.0"


def test_release_that_has_no_room_is_not_begun(pi: Pi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_BYTES_MAX", 1000)
    with pytest.raises(ReleaseError, match="that is no release"):
        pi.fetch()
    assert asked_for_wheel(pi.web) == []


def test_only_the_release_that_is_offered_is_kept(pi: Pi, tmp_path: Path) -> None:
    pi.fetch()
    offer(pi, tmp_path, "1.3.0")
    pi.fetch()
    assert {path.name for path in pi.fetched.iterdir()} == {"1.3.0", ".offered"}


# Who it is.


def test_server_that_nobody_vouches_for_is_not_spoken_to(pi: Pi, tmp_path: Path) -> None:
    pi.ca = Authority(tmp_path, "another").path
    with pytest.raises(ReleaseError, match="SSLError"):
        pi.fetch()
    assert pi.web.asked == []


def test_nothing_is_fetched_without_tls(pi: Pi) -> None:
    with pytest.raises(ReleaseError, match="is not https"):
        fetch("http://web.example/", pi.fetched, pi.places, None, Patience())
