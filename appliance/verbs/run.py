"""`lobby run`: one of the processes, as its unit starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, add_config, settings, sorry

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `run`."""
    run = verbs.add_parser("run", help="run one of the processes")
    run.add_argument("process", choices=("desk", "scanner", "board", "kiosk", "forecaster"))
    add_config(run)
    run.set_defaults(verb=_run)


def _run(asked: argparse.Namespace) -> int:
    from appliance import running, wiring
    from appliance.config import ConfigError
    from appliance.errors import LobbyError

    chosen = settings(asked.config)
    try:
        match asked.process:
            case "desk":
                running.run("desk", wiring.desk(chosen, asked.config))
            case "scanner":
                running.run("scanner", wiring.scanner(chosen))
            case "board":
                running.run("board", wiring.board(chosen))
            case "kiosk":
                from appliance.wiring.kiosk import kiosk

                running.run("kiosk", kiosk(chosen))
            case _:
                running.run("forecaster", wiring.forecaster(chosen))
    except (ConfigError, LobbyError) as error:
        return sorry(error)
    return FINE
