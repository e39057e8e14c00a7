"""`lobby support-bundle`: pack what a colleague needs to help; no secrets, and nobody in it."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import add_config

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `support-bundle`."""
    bundle = verbs.add_parser(
        "support-bundle", help="pack what a colleague needs to help; no secrets, nobody in it"
    )
    bundle.set_defaults(verb=_support_bundle)
    add_config(bundle)
    bundle.add_argument(
        "--out", type=Path, default=Path(), metavar="FILE", help="or a folder; else this one"
    )
    bundle.add_argument("--json", action="store_true", help="for machines")


def _support_bundle(asked: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from appliance.config import ConfigError, load
    from appliance.strings import languages
    from appliance.support.verb import run
    from appliance.wiring.bench import bench

    now = datetime.now(UTC)
    try:
        settings = load(asked.config, languages=languages())
    except ConfigError as error:
        # That may be just what help is needed with.
        return run(asked, error, None, now, sys.stdout, sys.stderr)
    return run(asked, settings, partial(bench, settings), now, sys.stdout, sys.stderr)
