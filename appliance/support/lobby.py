"""What the lobby says of itself: settings, journal, bus; in counts, and with nobody in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from appliance.config.sections import sections
from appliance.console.telling import as_object
from appliance.journal.looking import look_into
from appliance.journal.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.config import ConfigError, Settings
    from appliance.doctor.bench import Beside
    from appliance.line.line import Line

COUNTED: Final = ("event", "epoch", "day", "checkpoint", "command", "ledger", "slip", "learned")
STATED: Final = {
    "epochs": "SELECT why, count(*) FROM epoch GROUP BY why",
    "events": "SELECT type, count(*) FROM event GROUP BY type",
    "slips": "SELECT state, count(*) FROM slip GROUP BY state",
}


def settings_of(settings: Settings) -> object:
    """Give the settings as they were read: values only, so no remark in the file is among them."""
    return _plain(settings)


def problems_of(error: ConfigError) -> object:
    """Give what is wrong with a file that cannot be read, without a word that stands in it."""
    known = {section.name for section in sections()}
    told = []
    for problem in error.problems:
        section = problem.key.partition(".")[0].partition("[")[0]
        told.append(
            {
                "section": section if section in known else None,
                "line": problem.line,
                "allowed": problem.finding.allowed,
            }
        )
    return {"cannot_be_used": told}


def journal_of(path: Path, line: Callable[[], Line] | None) -> object:
    """Give whether a journal is whole, and how much is in it; of nobody, and of no single day."""
    verified = verify(path, None if line is None else line())
    counts: dict[str, object] = {}
    with look_into(path) as look, look.telling():
        for table in COUNTED:
            counts[table] = look.db.execute(f"SELECT count(*) FROM {table}").get  # noqa: S608  (names of our own)
        for name, query in STATED.items():
            counts[f"{name}_by_kind"] = dict(look.db.execute(query))
        counts["pages"] = look.db.execute("PRAGMA page_count").get
        counts["page_bytes"] = look.db.execute("PRAGMA page_size").get
    return {
        "findings": [{"what": each.what, "do": each.do} for each in verified.findings],
        "notes": verified.notes,
        **counts,
    }


def bus_of(beside: Beside) -> object:
    """Give who is alive, what is wrong, and how the device is; not who waits."""
    seen = beside.look
    if seen is None:
        return {"no_bus": beside.no_bus}
    told = as_object(seen)
    health = seen.picture.health
    return {
        **{name: told[name] for name in ("ok", "as_of", "fresh", "processes", "alarms")},
        "waiting": told["waiting"],
        "health": None if health is None else msgspec.to_builtins(health),
    }


def _plain(value: object) -> object:
    """Give a setting as JSON knows it."""
    match value:
        case Enum():
            return value.value
        case Path() | ZoneInfo():
            return str(value)
        case timedelta():
            return value.total_seconds()
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(_plain(key)): _plain(each) for key, each in value.items()}
        case tuple() | list() | frozenset():
            return [_plain(each) for each in value]
        case msgspec.Struct():
            known = {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
            return {"kind": type(value).__name__, **known}
        case None | bool() | int() | float() | str():
            return value
    # A kind of value that nobody has looked at is not given away.
    return type(value).__name__
