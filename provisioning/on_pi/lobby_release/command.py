"""The command line of `lobby-release`."""

from __future__ import annotations

import argparse
import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .ground import Places, ReleaseError
from .installing import install, listed
from .switching import back, judge, switch
from .taking import Span, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def main(arguments: Sequence[str] | None = None, places: Places | None = None) -> int:
    """Run the command; gives the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        print(_do(asked, places or Places()))
    except ImportError as error:
        print(f"lobby-release: no {error.name} here: provision this Pi again", file=sys.stderr)
        return 1
    except (ReleaseError, OSError, sqlite3.Error, subprocess.SubprocessError) as error:
        print(f"lobby-release: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lobby-release", description="Installs releases, and lets one take over."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("install", help="install a release from a folder").add_argument(
        "folder", type=Path
    )
    switching = verbs.add_parser("switch", help="let an installed release take over")
    switching.add_argument("version")
    switching.add_argument("--older", action="store_true", help="it may be older than what runs")
    verbs.add_parser("judge", help="go on with a trial that was interrupted, to its end")
    verbs.add_parser("rollback", help="let the release take over that ran before")
    verbs.add_parser("list", help="tell which are installed")
    fetching = verbs.add_parser("fetch", help="fetch a release over HTTPS; needs no rights")
    fetching.add_argument("url", help="of its folder")
    fetching.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    fetching.add_argument("--ca", type=Path, metavar="FILE", help="who may vouch for the server")
    taking = verbs.add_parser("take", help="install what was fetched, and let it take over")
    taking.add_argument("folder", type=Path)
    taking.add_argument("--between", type=Span, metavar="HH:MM-HH:MM", help="only then")
    return parser


def _do(asked: argparse.Namespace, places: Places) -> str:
    match asked.verb:
        case "list":
            return listed(places)
        case "fetch":
            from .fetching import Patience, fetch  # noqa: PLC0415  (only it needs Debian's requests)

            return fetch(asked.url, asked.to, places, asked.ca, Patience())
    with alone(places):
        match asked.verb:
            case "install":
                return install(asked.folder, places)
            case "switch":
                return switch(asked.version, places, older=asked.older)
            case "judge":
                return judge(places)
            case "take":
                return take(asked.folder, places, asked.between)
            case _:
                return back(places)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Keep others out, such as a timer while somebody provisions."""
    places.lock.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(places.lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ReleaseError("another lobby-release works: try again when it is done") from None
    finally:
        os.close(number)
