"""What may be asked of `lobby support-bundle`. Every verb imports this: it is light."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    config: Path,
    do: Callable[[argparse.Namespace], int],
) -> None:
    """Add `support-bundle`.

    Args:
        verbs: Of the command.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    bundle = verbs.add_parser(
        "support-bundle", help="pack what a colleague needs to help; no secrets, nobody in it"
    )
    bundle.set_defaults(verb=do)
    bundle.add_argument("--config", type=Path, default=config, metavar="FILE")
    bundle.add_argument(
        "--out", type=Path, default=Path(), metavar="FILE", help="or a folder; else this one"
    )
    bundle.add_argument("--json", action="store_true", help="for machines")
