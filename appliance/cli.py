"""The `lobby` command: which verbs there are, and how it ends.

Text for people, JSON where machines read; exit codes 0 fine, 1 not fine, 2 wrong use. What is ours
to say is one sentence; a traceback reaches nobody.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.verbs import run
from appliance.verbs.asked import NOT_FINE, NoSettingsError, wrong_use

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    # To know all verbs takes 15 ms, a tenth of a board's start; its unit asks for one.
    asked = _parser((run,) if words[:1] == ["run"] else _verbs()).parse_args(words)
    try:
        return int(asked.verb(asked))
    except NoSettingsError as error:
        return wrong_use(error)
    except KeyboardInterrupt:
        return NOT_FINE
    except BrokenPipeError:
        # Whoever read our output has enough; python would complain once more at exit.
        sys.stderr.close()
        return NOT_FINE


def _verbs() -> tuple[ModuleType, ...]:
    """Give all verbs, in the order in which they are told."""
    from appliance.verbs import (
        agenda,
        camera,
        check,
        codes,
        doctor,
        fallback_sheet,
        journal,
        over_the_bus,
        pages,
        replay,
        slides,
        sound,
        support_bundle,
        why,
    )

    return (
        run,
        check,
        codes,
        why,
        replay,
        agenda,
        fallback_sheet,
        pages,
        journal,
        camera,
        sound,
        slides,
        doctor,
        support_bundle,
        over_the_bus,
    )


def _parser(known: Sequence[ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lobby", description="The lobby appliance: scan your appointment, be called on time."
    )
    parser.add_argument("--version", action="version", version=f"lobby {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in known:
        verb.add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
