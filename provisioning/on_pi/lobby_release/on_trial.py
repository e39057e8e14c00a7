"""The release that is on trial, written down before it takes over: a power cut ends no trial.

Between the switch and the verdict lie seconds. Whoever comes after a cut, at boot or by hand, finds
here what took over from what, how the lobby was before, and the verdict as soon as there is one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from .ground import ReleaseError, forget, keep
from .lobby import State

if TYPE_CHECKING:
    from .ground import Places


@dataclass(frozen=True)
class Trial:
    """A release on trial.

    Args:
        version: Which.
        instead_of: The one that ran, and runs again if it is worse.
        before_that: The one that ran before that one; None: there was none.
        was: How the lobby was.
        boot: In which start of the machine its processes were started; an id of the kernel's.
        cuts: So often the machine went off since it took over.
        why: What is worse; empty: there is no verdict yet.
    """

    version: str
    instead_of: str
    before_that: str | None
    was: State
    boot: str
    cuts: int = 0
    why: str = ""

    def in_boot(self, boot: str) -> Trial:
        """Give the same after a boot, of which its processes are by now."""
        return self if boot == self.boot else replace(self, boot=boot, cuts=self.cuts + 1)

    def found_worse(self, why: str) -> Trial:
        """Give the same with its verdict."""
        return replace(self, why=why)


def note(trial: Trial, places: Places) -> None:
    """Write down that it is on trial, or what became of that; on the card when this returns."""
    told = asdict(trial)
    told["was"] = {name: sorted(value) for name, value in told["was"].items()}
    keep(places.on_trial, json.dumps(told))


def pending(places: Places) -> Trial | None:
    """Give the release that is on trial; None: there is none.

    Raises:
        ReleaseError: What was written cannot be read; it is gone then.
    """
    if not places.on_trial.exists():
        return None
    try:
        told = json.loads(places.on_trial.read_text("ascii"))
        was = told.pop("was")
        lobby = State(tuple(was["units"]), frozenset(was["down"]), frozenset(was["alarms"]))
        return Trial(was=lobby, **told)
    except (ValueError, KeyError, TypeError):
        over(places)
        raise ReleaseError(
            f"{places.on_trial} was damaged: nobody judges the release that runs;"
            " `lobby-release rollback` takes it back"
        ) from None


def over(places: Places) -> None:
    """Note that none is on trial any more."""
    forget(places.on_trial)
