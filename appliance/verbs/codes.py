"""`lobby decode` and `lobby code verify`: what others test the reading of codes with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import positive

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `decode` and `code`."""
    decode = verbs.add_parser("decode", help="read the QR codes in pictures")
    decode.add_argument("--max-side", type=positive, metavar="N", help="shrink to N pixels first")
    decode.add_argument("images", nargs="+", metavar="IMAGE")
    decode.set_defaults(verb=_decode)

    code = verbs.add_parser("code", help="appointment codes")
    code_verbs = code.add_subparsers(metavar="VERB", required=True)
    verify = code_verbs.add_parser("verify", help="verify codes, one a line on standard input")
    verify.add_argument("--trust", type=Path, required=True, metavar="FILE")
    verify.add_argument("--root", type=Path, required=True, metavar="FILE")
    verify.add_argument("--site", required=True, metavar="S")
    verify.add_argument("--at", metavar="ISO-TIME")
    verify.set_defaults(verb=_verify)


def _decode(asked: argparse.Namespace) -> int:
    from appliance.drivers.decode_files import decode_files

    return decode_files(asked.images, max_side=asked.max_side, out=sys.stdout)


def _verify(asked: argparse.Namespace) -> int:
    from appliance.checkin import verify

    return verify.run(
        asked.trust,
        asked.root,
        asked.site,
        asked.at,
        stdin=sys.stdin.buffer,
        stdout=sys.stdout,
        stderr=sys.stderr,
    )
