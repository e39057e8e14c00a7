"""The lobby while releases change: how it is, and whether it is worse than before."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .ground import Places, has_desk, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HEALTHY_WITHIN_S = 40.0
STEADY_S = 6.0
STATUS_S = 20.0
OF_A_BOOT = frozenset({"clock", "undervoltage"})
"""Alarms that come of a power cut, whatever the release."""
PROCESSES = ("lobby-board", "lobby-desk", "lobby-kiosk", "lobby-scanner")


@dataclass(frozen=True)
class State:
    """How the lobby is.

    Args:
        units: Those that ran.
        down: Processes that are not up, as the bus tells.
        alarms: Names of those that are on.
    """

    units: tuple[str, ...]
    down: frozenset[str]
    alarms: frozenset[str]


def units() -> Iterator[str]:
    """Give the lobby's units that run."""
    for name in PROCESSES:
        unit = f"{name}.service"
        if run("systemctl", "is-active", unit).returncode == 0:
            yield unit


def state(places: Places) -> State:
    """Look at the lobby."""
    return State(tuple(units()), *on_the_bus(places))


def on_the_bus(places: Places) -> tuple[frozenset[str], frozenset[str]]:
    """Give what the lobby itself tells: processes that are not up, and alarms.

    A satellite may not ask: its login is for its processes alone. There the units must do.
    """
    if not has_desk(places.configuration()):
        return frozenset(), frozenset()
    try:
        done = run(str(places.current / "bin/lobby"), "status", "--json", timeout_s=STATUS_S)
        told = json.loads(done.stdout)
        down = {each["process"] for each in told["processes"] or () if each["state"] != "up"}
        alarms = {each["name"] for each in told["alarms"] or ()}
        stale = () if told["fresh"] else ("desk",)
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return frozenset({"desk"}), frozenset()
    return frozenset({*down, *stale}), frozenset(alarms)


def worse(before: State, places: Places, *, booted: bool = False) -> str | None:
    """Tell what is worse than before, or nothing once the lobby is as well.

    Args:
        before: How it was.
        places: Where things are.
        booted: Its processes come up with the machine; else they are started anew first.
    """
    if not booted:
        restart(before.units)
    usual = before.alarms | (OF_A_BOOT if booted else frozenset())
    until_s = time.monotonic() + HEALTHY_WITHIN_S
    why = "it is not up in time"
    while time.monotonic() < until_s:
        if not wait_for(lambda: all_active(before.units), max(0.0, until_s - time.monotonic())):
            return f"{', '.join(u for u in before.units if not all_active((u,)))} does not start"
        began = processes(before.units)
        held = not wait_for(partial(changed, before.units, began), STEADY_S)
        down, alarms = on_the_bus(places)
        new = (*sorted(down - before.down), *sorted(alarms - usual))
        if held and not new and processes(before.units) == began:
            return None
        why = f"not as before: {', '.join(new)}" if new else "a process ends again and again"
    return why


def restart(names: Sequence[str]) -> None:
    """Start units anew, without waiting for them."""
    if names:
        run("systemctl", "restart", "--no-block", *names)


def all_active(names: Sequence[str]) -> bool:
    """Tell whether all units run."""
    return not names or (
        run("systemctl", "is-active", "--quiet", *names).returncode == 0
        and all(
            "ActiveState=active" in run("systemctl", "show", "-p", "ActiveState", each).stdout
            for each in names
        )
    )


def processes(names: Sequence[str]) -> str:
    """Give the processes of units: others after a restart."""
    return run("systemctl", "show", "-p", "MainPID,NRestarts", *names).stdout


def changed(names: Sequence[str], began: str) -> bool:
    """Tell whether units have other processes by now."""
    return processes(names) != began


def wait_for(fact: Callable[[], bool], within_s: float) -> bool:
    """Wait until something is so; False: it was not, in time."""
    until_s = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.3)
    return True
