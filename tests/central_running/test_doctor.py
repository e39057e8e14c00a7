"""The doctor against a real broker, real files, and what is wrong with them."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from appliance.bus.addresses import Anchor, Tcp, Tls
from appliance.bus.link import Login
from appliance.findings import State
from central.cli import main
from central.collector.backup import back_up
from central.collector.store import Store
from central.doctor import broker, keeping, machine
from central.doctor.examining import Place, examine
from tests.access.fleet import Broker, Fleet
from tests.central.world import World
from tests.support.authority import Authority
from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from appliance.bus.addresses import Address
    from appliance.findings import Finding

NOW: Final = datetime.now(UTC)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="module")
def centre(fleet: Fleet) -> Iterator[Broker]:
    """The central broker, on the files made for it."""
    centre = Broker(fleet, "centre", "broker")
    centre.start()
    yield centre
    centre.close()


def states(findings: Iterator[Finding]) -> dict[str, State]:
    return {finding.part: finding.state for finding in findings}


def wrong(findings: Iterator[Finding]) -> str:
    """Give what is wrong; each says what to do."""
    found = [finding for finding in findings if finding.state is State.WRONG]
    assert all(finding.do for finding in found)
    return " ".join(finding.what for finding in found)


def test_logins_of_the_inventory_may_do_what_they_must_and_nothing_else(
    fleet: Fleet, centre: Broker
) -> None:
    office = centre.tls("office", fleet.identity("collector"))
    issuing = centre.tls("office", fleet.identity("issuer"))
    looking = centre.tls("dashboards", Anchor(fleet.authority.path))
    for caller in (
        broker.collector(office, Login("collector", "", "")),
        broker.issuer(issuing, Login("issuer", "", "")),
        broker.dashboard(looking, Login("dashboard.city", "dashboard.city", "secret")),
    ):
        found = states(broker.connection(caller))
        assert found == {"broker": State.FINE, "rights": State.FINE}, caller.name
    found_until = states(broker.certificates([office, looking], NOW))
    assert found_until == {"certificates": State.FINE}


def test_list_that_allows_too_much_or_too_little_is_told(fleet: Fleet, centre: Broker) -> None:
    # A harness's plain listener and a login that may do everything.
    plain = centre.plain
    god = broker.dashboard(plain, Login("god", "god", "secret"))
    said = wrong(broker.connection(god))
    assert "god may say what it must not: bookings/2000-01-01, keys" in said
    looking = centre.tls("dashboards", Anchor(fleet.authority.path))
    weak = broker.collector(looking, Login("dashboard.city", "dashboard.city", "secret"))
    assert "dashboard.city may not say: dev/doctor/ack" in wrong(broker.connection(weak))


@pytest.mark.parametrize("kind", ["nobody there", "another authority", "unknown login"])
def test_broker_that_does_not_let_us_in_is_told_with_the_reason(
    fleet: Fleet, centre: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(broker, "CONNECT_S", 2.0)
    certified = centre.tls("office", Authority(tmp_path).issue("collector"))
    looking = centre.tls("dashboards", Anchor(fleet.authority.path))
    cases: dict[str, tuple[Address, Login, str]] = {
        "nobody there": (Tcp("127.0.0.1", free_port()), Login("c", "", ""), "no answer"),
        "another authority": (certified, Login("c", "", ""), "certificate"),
        "unknown login": (looking, Login("dashboard.x", "dashboard.x", "secret"), "refused"),
    }
    address, login, reason = cases[kind]
    assert f"({reason})" in wrong(broker.connection(broker.collector(address, login)))


def test_certificate_that_ends_soon_is_told_before_it_does(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    soon = authority.issue("soon", until=NOW + timedelta(days=20))
    over = authority.issue("over", until=NOW - timedelta(days=2))
    said = wrong(
        broker.certificates([Tls("localhost", free_port(), each) for each in (soon, over)], NOW)
    )
    assert "soon.pem counts for 19 days" in said
    assert "over.pem counts no more" in said
    assert "No certificate can be read: the broker's" in said


def test_database_that_is_damaged_or_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events"
    with Store(path):
        # In use by the collector.
        assert states(keeping.database(str(path))) == {"database": State.FINE}
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            monkeypatch.setattr(keeping, "BUSY_S", 0.1)
            assert "cannot be written: database is locked" in wrong(keeping.sqlite_file(path))
    assert "there is no" in wrong(keeping.database(str(tmp_path / "none")))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    assert "damaged" in wrong(keeping.sqlite_file(path))


def test_backups_that_are_missing_late_or_kept_too_long_are_told(tmp_path: Path) -> None:
    Store(tmp_path / "events").close()
    copies = tmp_path / "copies"

    def copied(days: float) -> None:
        list(back_up({"events": tmp_path / "events"}, copies, NOW - timedelta(days=days)))

    assert "There is no backup" in wrong(keeping.copies(copies, NOW))
    copied(3)
    assert "is 3 days old" in wrong(keeping.copies(copies, NOW))
    copied(0.5)
    assert states(keeping.copies(copies, NOW)) == {"backup": State.FINE}
    copied(9)
    assert "longer than data may be kept" in wrong(keeping.copies(copies, NOW))


def test_keys_that_end_and_lists_that_are_old_are_told(tmp_path: Path) -> None:
    world = World(tmp_path, begin=NOW)
    horizon = timedelta(days=60)
    said = {f.what for f in keeping.keys(world.office, NOW, horizon) if f.state is State.WRONG}
    # The other site of this office has no key.
    assert len(said) == 1
    assert "OST" in said.pop()
    later = NOW + timedelta(days=390)
    told = wrong(keeping.keys(world.office, later, horizon))
    assert "390 days old" in told
    assert "Codes cannot be signed for SUED" in told
    world.keyring.new_issuer(("OST",), NOW, NOW + timedelta(days=90), 8)
    assert "does not name key 8" in wrong(keeping.keys(world.office, NOW, horizon))
    world.keyring.trust_path.write_bytes(b"rubbish")
    assert "cannot be used" in wrong(keeping.keys(world.office, NOW, horizon))


def test_pages_that_are_missing_old_or_no_longer_written_are_told(tmp_path: Path) -> None:
    office = World(tmp_path, begin=NOW).office
    out = tmp_path / "pages"

    def page(lobby: str, *, stale: bool) -> None:
        path = out / "SUED" / lobby / "wait.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"stale": stale}))

    page("EINGANG", stale=False)
    assert wrong(machine.pages(out, office)) == "There is no page for SUED/NEU."
    page("NEU", stale=True)
    assert "SUED/NEU is old" in wrong(machine.pages(out, office))
    page("NEU", stale=False)
    assert states(machine.pages(out, office)) == {"pages": State.FINE}
    later = time.time() + 600
    assert "not written for 10 minutes" in wrong(machine.pages(out, office, lambda: later))


def answering(answers: dict[str, str]) -> machine.Ask:
    def ask(command: Sequence[str]) -> str | None:
        return answers.get(command[0])

    return ask


def test_units_that_failed_and_a_clock_that_is_off_are_told() -> None:
    rows = [
        {"unit": "lobby-central-collect.service", "active": "active", "sub": "running"},
        {"unit": "lobby-central-backup.service", "active": "failed", "sub": "failed"},
        {"unit": "lobby-central-publish.service", "active": "activating", "sub": "auto-restart"},
    ]
    ask = answering({"systemctl": json.dumps(rows), "timedatectl": "no\n"})
    said = wrong(machine.units(ask))
    assert "backup.service does not run (failed)" in said
    assert "publish.service does not run (auto-restart)" in said
    assert "not synchronised" in wrong(machine.clock(ask))
    well = answering({"systemctl": json.dumps(rows[:1]), "timedatectl": "yes\n"})
    assert states(machine.units(well)) == {"units": State.FINE}
    assert states(machine.clock(well)) == {"clock": State.FINE}
    assert "No unit" in wrong(machine.units(answering({"systemctl": "[]"})))


def test_what_was_not_named_is_not_told_as_fine() -> None:
    found = list(examine(Place(), NOW, answering({})))
    assert {finding.state for finding in found if finding.part != "disk"} == {State.NOT_TRIED}
    assert {finding.part for finding in found} >= {"broker", "database", "keys", "pages", "backup"}


def test_mistake_of_ours_costs_one_part_and_not_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> Iterator[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(machine, "clock", breaks)
    found = list(examine(Place(), NOW, answering({})))
    assert "ZeroDivisionError" in found[0].what
    assert len(found) > 5


@pytest.mark.parametrize("damaged", [False, True], ids=["well", "damaged"])
def test_exit_code_and_both_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, damaged: bool
) -> None:
    store = tmp_path / "events"
    Store(store).close()
    if damaged:
        store.write_bytes(b"no database" * 1000)
    asked = ["doctor", "--store", str(store)]
    assert main([*asked, "--json"]) == int(damaged)
    out, err = capsys.readouterr()
    told: dict[str, Any] = json.loads(out)
    assert told["ok"] is not damaged
    assert bool(err) is damaged
    assert main(asked) == int(damaged)
    out, _ = capsys.readouterr()
    assert ("WRONG" in out) is damaged
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--nonsense"])
    assert end.value.code == 2
