"""The examination: part by part, told as it goes on, and summed up."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from appliance.errors import LobbyError
from appliance.findings import Finding, Part, State
from central.bookings.office import Office
from central.doctor import broker, keeping, machine
from central.doctor.broker import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime


WORDS: Final = {State.FINE: "fine", State.WRONG: "WRONG", State.NOT_TRIED: "not tried"}
INDENT: Final = " " * 25
PROGRAM_S: Final = 10.0


class NotWellError(LobbyError):
    """Something is wrong; what, has been told."""


@dataclass(frozen=True, slots=True)
class Place:
    """What there is to look at; None or empty: it was not named.

    Args:
        callers: Who connects to which broker.
        office: Its lobbies and keys.
        store: The collector's database: a file or a URL.
        pages: The folder of the pages at home.
        backups: The folder of copies.
    """

    callers: tuple[Caller, ...] = ()
    office: Office | None = None
    store: str | None = None
    pages: Path | None = None
    backups: Path | None = None


def examine(
    place: Place, now: datetime, ask: Callable[[Sequence[str]], str | None]
) -> Iterator[Finding]:
    """Look at everything.

    Args:
        place: What there is.
        now: Aware time.
        ask: Runs a program; gives what it said, or None where it is not there or fails.
    """
    office = place.office
    looks: list[tuple[str, Callable[[], Iterator[Finding]] | None]] = [
        ("clock", lambda: machine.clock(ask)),
        ("units", lambda: machine.units(ask)),
        ("disk", lambda: keeping.disks(_folders(place))),
        ("database", _if(place.store, keeping.database)),
        ("bookings", _if(office, lambda it: keeping.sqlite_file(it.files.store))),
        ("backup", _if(place.backups, lambda it: keeping.copies(it, now))),
        ("keys", _if(office, lambda it: keeping.keys(it, now, _horizon(it)))),
        (
            "pages",
            lambda: machine.pages(place.pages, office) if place.pages and office else iter(()),
        ),
        (
            "certificates",
            lambda: broker.certificates([each.address for each in place.callers], now),
        ),
        *(("broker", _if(each, broker.connection)) for each in place.callers),
    ]
    for name, look in looks:
        nothing = True
        for finding in _looked(name, look):
            nothing = False
            yield finding
        if nothing:
            yield Part(name).not_tried("It was not named: see lobby-central doctor --help.")
    if not place.callers:
        yield Part("broker").not_tried("It was not named: see lobby-central doctor --help.")


Named = TypeVar("Named")


def _if(
    named: Named | None, look: Callable[[Named], Iterator[Finding]]
) -> Callable[[], Iterator[Finding]] | None:
    return None if named is None else lambda: look(named)


def _looked(name: str, look: Callable[[], Iterator[Finding]] | None) -> Iterator[Finding]:
    """Look at one part; a mistake of ours costs this one, and not all that come after it."""
    if look is None:
        return
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001  (whatever it is: the others are to be looked at)
        yield Part(name).wrong(f"It could not be looked at: {error!r}.", "Please report this.")


def tell(findings: Iterable[Finding]) -> Iterator[str]:
    """Give what was found as lines for people.

    Raises:
        NotWellError: Something is wrong.
    """
    counts: Counter[State] = Counter()
    for finding in findings:
        counts[finding.state] += 1
        yield f"{finding.part:<13}{WORDS[finding.state]:<11} {finding.what}"
        if finding.do:
            yield f"{INDENT}→ {finding.do}"
    yield ", ".join(f"{counts[state]} {WORDS[state].lower()}" for state in State) + "."
    _judge(counts[State.WRONG])


def tell_json(findings: Iterable[Finding]) -> Iterator[str]:
    """Give what was found as one line of JSON.

    Raises:
        NotWellError: Something is wrong.
    """
    found = list(findings)
    wrong = sum(finding.state is State.WRONG for finding in found)
    told = {"ok": not wrong, "findings": [asdict(finding) for finding in found]}
    yield json.dumps(told, ensure_ascii=False)
    _judge(wrong)


def run(command: Sequence[str]) -> str | None:
    """Run a program; give what it said, or None where it is not there, fails or does not end."""
    try:
        done = subprocess.run(  # noqa: S603  (our own words)
            command, capture_output=True, text=True, timeout=PROGRAM_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _judge(wrong: int) -> None:
    if wrong:
        raise NotWellError("one thing is wrong" if wrong == 1 else f"{wrong} things are wrong")


def _folders(place: Place) -> list[Path]:
    store = place.store
    return [
        *([Path(store).absolute().parent] if store and "://" not in store else []),
        *([place.office.files.store.parent] if place.office else []),
        *([place.pages] if place.pages else []),
        *([place.backups] if place.backups else []),
    ]


def _horizon(office: Office) -> timedelta:
    return timedelta(days=office.files.horizon_days)
