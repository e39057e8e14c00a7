"""Copies of databases in use, and what comes of putting an old one back."""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from central.cli import main
from central.collector.backup import back_up, backups, forget, restore
from central.collector.store import Store
from central.waiting.learned import Learned
from tests.central.world import World
from tests.support.branch import Branch
from tests.support.collecting import Collecting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.broker import Mosquitto

NOW: Final = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
DEADLINE_S: Final = 20.0


def acked(branch: Branch) -> bool:
    return branch.uplink.online and branch.uplink.backlog == 0


def store_id(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT value FROM meta WHERE key = 'store'").fetchone()[0])


def contents(folder: Path) -> dict[str, bytes]:
    """Give name → content; what SQLite keeps beside a file while somebody reads it is nothing."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_old_backup_that_is_put_back_is_complete_again_as_devices_send_what_is_missing(
    tmp_path: Path, mosquitto: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    store, copies = tmp_path / "events.sqlite", tmp_path / "copies"
    collecting = Collecting(store, mosquitto.port)
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        with collecting:
            branch.issue(50)
            branch.turn_until(lambda: acked(branch))
            # The collector runs on.
            assert main(["backup", str(copies), "--store", str(store)]) == 0
            (copy,) = backups(copies)
            told = store_id(copy.path)
            branch.issue(50)
            branch.turn_until(lambda: acked(branch))
            to = ["restore", str(copy.path), "--to", str(store)]
            assert main(to) == 1
            assert "is in use" in capsys.readouterr().err
        whole = set(branch.positions())
        assert collecting.stored() == whole
        assert main(to) == 0
        assert len(collecting.stored()) < len(whole)
        with collecting:
            branch.turn_until(lambda: collecting.stored() == whole)
            branch.turn_until(lambda: acked(branch))
            assert store_id(store) != told
    # What was replaced is there, whole.
    (aside,) = tmp_path.glob("events.sqlite.replaced-*")
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (len(whole),)


def test_lost_database_comes_back_from_its_backup(tmp_path: Path, mosquitto: Mosquitto) -> None:
    store = tmp_path / "events.sqlite"
    collecting = Collecting(store, mosquitto.port)
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        branch.issue(20)
        with collecting:
            branch.turn_until(lambda: acked(branch))
        (copy,) = back_up({"events": store}, tmp_path / "copies", NOW)
        store.write_bytes(b"\0" * 4096)
        restore(copy.path, store, NOW)
        branch.issue(20)
        with collecting:
            branch.turn_until(lambda: collecting.stored() == set(branch.positions()))


def test_what_is_put_back_is_another_store_and_takes_over_nothing_of_what_was_there(
    tmp_path: Path,
) -> None:
    path, stray = tmp_path / "events", tmp_path / "events-wal"
    with Store(path) as store:
        before = store.id
        log = stray.read_bytes()
    (copy,) = back_up({"events": path}, tmp_path / "copies", NOW)
    # A power cut left this: played into another file it would damage it.
    path.write_bytes(b"damaged" * 1000)
    stray.write_bytes(log)
    restore(copy.path, path, NOW)
    assert not stray.exists()
    with Store(path) as store:
        # Nothing is missing this time; nobody here can know that.
        assert store.renewed
        assert store.id != before


def test_copy_is_whole_and_made_though_the_writer_never_rests(tmp_path: Path) -> None:
    source, stop = tmp_path / "learned", threading.Event()
    row = "INSERT INTO heard VALUES (?, 'E', 'A1', '2026-03-02', 1, 1, 5, 10)"

    def write() -> None:
        with closing(sqlite3.connect(source, isolation_level=None)) as db:
            for number in itertools.count():
                db.execute(row, (f"LATE{number}",))
                if stop.is_set():
                    return

    with Learned(source), closing(sqlite3.connect(source)) as db:
        # Larger than some steps of the copy.
        db.executemany(row, ((f"S{n}" + "x" * 3000,) for n in range(5000)))
        db.commit()
        thread = threading.Thread(target=write, name="writer")
        thread.start()
        try:
            (copy,) = back_up({"learned": source}, tmp_path / "copies", NOW)
        finally:
            stop.set()
            thread.join(DEADLINE_S)
    with closing(sqlite3.connect(copy.path)) as db:
        assert db.execute("SELECT count(*) FROM heard WHERE site LIKE 'S%'").fetchone() == (5000,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert copy.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [
        "learned-20260302T021500Z.sqlite"
    ]


def test_everything_that_is_named_is_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path)
    world.store().close()
    Store(tmp_path / "events").close()
    Learned(tmp_path / "learned").close()
    named = ["--store", str(tmp_path / "events"), "--office", str(world.office_path)]
    copies = tmp_path / "copies"
    assert main(["backup", str(copies), *named, "--learned", str(tmp_path / "learned")]) == 0
    assert {copy.kind for copy in backups(copies)} == {"events", "bookings", "learned"}
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert copies.stat().st_mode & 0o777 == 0o700


def test_old_copies_go_and_the_last_of_each_kind_stays(tmp_path: Path) -> None:
    Store(tmp_path / "events").close()
    Learned(tmp_path / "learned").close()
    (tmp_path / "notes.sqlite").write_text("somebody's own")
    sources = {"events": tmp_path / "events"}
    for days in (30, 9, 7, 1):
        list(back_up(sources, tmp_path, NOW - timedelta(days=days)))
    list(back_up({"learned": tmp_path / "learned"}, tmp_path, NOW - timedelta(days=30)))
    assert [path.name[:15] for path in forget(tmp_path, NOW, 7)] == [
        "events-20260131",
        "events-20260221",
    ]
    assert [(c.kind, (NOW - c.at).days) for c in backups(tmp_path)] == [
        ("learned", 30),
        ("events", 7),
        ("events", 1),
    ]
    assert (tmp_path / "notes.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["backup", "copies"], "say what to copy"),
        (["backup", "copies", "--store", "nothing"], "there is no nothing"),
        (["backup", "copies", "--store", "postgresql://db/lobby"], "pg_dump"),
        (["backup", "copies", "--store", "learned"], "holds no events"),
        (["backup", "copies", "--store", "rubbish"], "cannot be copied"),
        (["restore", "nothing", "--to", "events"], "there is no nothing"),
        (["restore", "rubbish", "--to", "events"], "is no backup"),
        (["restore", "empty", "--to", "events"], "is no backup of events"),
        (["restore", "learned", "--to", "events"], "name the right one"),
        (["restore", "damaged", "--to", "new"], "is damaged"),
        (["restore", "learned", "--to", "no/such/folder"], "cannot be put to"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Learned(tmp_path / "learned").close()
    Store(tmp_path / "events").close()
    (tmp_path / "rubbish").write_bytes(b"no database" * 1000)
    sqlite3.connect(tmp_path / "empty").close()
    with Learned(tmp_path / "damaged"), closing(sqlite3.connect("damaged")) as db:
        rows = ((f"S{n}" + "x" * 900, n % 24) for n in range(500))
        db.executemany("INSERT INTO heard VALUES (?, 'E', 'A1', 'd', ?, 1, 5, 10)", rows)
        db.commit()
    with (tmp_path / "damaged").open("r+b") as file:
        file.seek(40_000)
        file.write(os.urandom(40_000))
    before = contents(tmp_path)
    assert main(arguments) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert sentence in said
    assert contents(tmp_path) == before


def test_backup_of_a_file_that_others_may_use_is_the_services_again(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root puts files into somebody else's folder")
    Store(tmp_path / "events").close()
    (copy,) = back_up({"events": tmp_path / "events"}, tmp_path / "copies", NOW)
    there = tmp_path / "there"
    there.mkdir()
    os.chown(there, 65534, 65534)
    assert restore(copy.path, there / "events", NOW) is None
    assert (there / "events").stat().st_uid == 65534
