"""What was fetched without rights is taken with all of them: what of it is believed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from provisioning.on_pi.lobby_release.command import alone, main
from provisioning.on_pi.lobby_release.ground import Places, ReleaseError
from provisioning.on_pi.lobby_release.installing import (
    SIGNED_BYTES_MAX,
    bring,
    copy,
    install,
    listed,
    note_unwanted,
    prune,
    unwanted,
)
from provisioning.on_pi.lobby_release.taking import Span, take
from provisioning.release import new_key
from tests.provisioning.forged import forge

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A Pi that runs 1.1.0."""
    made = Places(tmp_path / "root")
    made.releases.mkdir(parents=True)
    made.key.parent.mkdir(parents=True)
    made.key.write_bytes(new_key(tmp_path / "release.key").read_bytes())
    made.current.symlink_to(made.releases / "1.1.0")
    return made


@pytest.fixture
def fetched(places: Places, tmp_path: Path) -> Path:
    """A folder in which 1.2.0 was fetched."""
    assert places.key.exists()
    forge(tmp_path / "fetched" / "1.2.0", tmp_path / "release.key")
    return tmp_path / "fetched"


def test_what_is_looked_at_is_a_copy(places: Places, fetched: Path) -> None:
    assert bring(fetched / "1.2.0", places).version == "1.2.0"
    for path in (fetched / "1.2.0").iterdir():
        path.write_bytes(b"changed after the look")
    assert (places.brought / "1.2.0" / "appliance.whl").read_bytes() == b"a wheel"
    assert places.brought.stat().st_uid == os.getuid()


def test_nothing_unsigned_is_taken(places: Places, fetched: Path) -> None:
    (fetched / "1.2.0" / "release.sig").write_bytes(bytes(64))
    with pytest.raises(ReleaseError, match="not signed by the office"):
        take(fetched, places)
    assert list(places.brought.iterdir()) == []
    assert list(places.releases.iterdir()) == []


def test_file_that_was_changed_after_it_was_fetched_is_found_out(
    places: Places, fetched: Path
) -> None:
    (fetched / "1.2.0" / "appliance.whl").write_bytes(b"a whale")
    with pytest.raises(ReleaseError, match="not as it was signed"):
        take(fetched, places)
    assert list(places.releases.iterdir()) == []


def test_link_leads_nowhere(places: Places, fetched: Path, tmp_path: Path) -> None:
    secret = tmp_path / "shadow"
    secret.write_text("a secret of root's")
    wheel = fetched / "1.2.0" / "appliance.whl"
    wheel.unlink()
    wheel.symlink_to(secret)
    with pytest.raises(OSError, match="symbolic links"):
        take(fetched, places)
    assert list(places.brought.iterdir()) == []


def test_pipe_holds_nobody_up(places: Places, fetched: Path) -> None:
    wheel = fetched / "1.2.0" / "appliance.whl"
    wheel.unlink()
    os.mkfifo(wheel)
    with pytest.raises(ReleaseError, match="is no file"):
        take(fetched, places)


def test_file_without_end_fills_no_disk(tmp_path: Path) -> None:
    (tmp_path / "endless").write_bytes(b" " * (5 << 20))
    copy(tmp_path / "endless", tmp_path / "taken", 3 << 19)
    assert (tmp_path / "taken").stat().st_size == 3 << 19


def test_manifest_without_end_is_not_read(places: Places, fetched: Path) -> None:
    manifest = fetched / "1.2.0" / "release.json"
    manifest.write_bytes(manifest.read_bytes() + b" " * SIGNED_BYTES_MAX)
    with pytest.raises(ReleaseError, match="not signed by the office"):
        take(fetched, places)


def test_older_release_is_not_taken_though_signed(
    places: Places, fetched: Path, tmp_path: Path
) -> None:
    places.current.unlink()
    places.current.symlink_to(places.releases / "2.0.0")
    with pytest.raises(ReleaseError, match=r"older than 2\.0\.0"):
        take(fetched, places)
    assert tmp_path


def test_release_that_was_worse_here_waits_for_a_person(places: Places, fetched: Path) -> None:
    note_unwanted("1.2.0", places, is_so=True)
    assert take(fetched, places) == "release 1.2.0 is not taken again"
    assert "1.2.0  unwanted: was worse here" in listed(places)
    note_unwanted("1.2.0", places, is_so=False)
    assert unwanted(places) == set()


def test_nothing_fetched_is_nothing_to_do(places: Places, tmp_path: Path) -> None:
    assert take(tmp_path / "nothing", places) == "nothing was fetched"


# When.


@pytest.mark.parametrize(
    ("span", "at", "inside"),
    [
        ("03:40-05:40", time(3, 40), True),
        ("03:40-05:40", time(5, 40), False),
        ("03:40-05:40", time(8, 30), False),
        ("23:30-01:30", time(0, 10), True),
        ("23:30-01:30", time(12, 0), False),
    ],
)
def test_span_of_hours(span: str, at: time, inside: bool) -> None:  # noqa: FBT001  (a table)
    assert (at in Span(span)) is inside


def test_release_does_not_take_over_in_the_middle_of_the_morning(
    places: Places, fetched: Path
) -> None:
    # The clock was set forward over the timer's hour, and it rang at once.
    morning = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert "takes over between 03:40-05:40" in take(fetched, places, Span("03:40-05:40"), morning)
    assert not places.brought.exists()


@pytest.mark.parametrize("text", ["", "3-5", "03:40", "25:00-26:00"])
def test_hours_that_are_none_are_wrong_use(text: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["take", "/var/lib/lobby-fetch", "--between", text])


# What is left of it.


def test_only_one_changes_something_at_a_time(
    places: Places, fetched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places.lock.parent.mkdir(parents=True)
    with alone(places):
        assert main(["take", str(fetched)], places) == 1
    assert "another lobby-release works" in capsys.readouterr().err


def test_what_is_installed_need_not_be_kept_as_it_came(places: Places, fetched: Path) -> None:
    bring(fetched / "1.2.0", places)
    (places.releases / "1.1.0").mkdir()
    (places.releases / "1.1.0" / ".complete").touch()
    forge(places.brought / "1.1.0", fetched.parent / "release.key")
    prune(places)
    assert [path.name for path in places.brought.iterdir()] == ["1.2.0"]


def test_release_of_another_form_is_said_plainly(
    places: Places, fetched: Path, tmp_path: Path
) -> None:
    odd = forge(
        tmp_path / "1.3.0", tmp_path / "release.key", told={"sizes": {"../../etc/passwd": 1}}
    )
    with pytest.raises(ReleaseError, match="not of a form that is known"):
        install(odd, places)
    assert fetched
