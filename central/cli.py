"""`lobby-central`: keys, the trust list, bookings and their codes. Wrong input is one sentence.

Exit codes: 0 done, 1 not done, 2 wrong use.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from appliance.checkin.claims import ClaimsError
from appliance.config import ConfigError
from appliance.errors import LobbyError
from central.bookings.handover import HandoverError
from central.bookings.importing import MailFolderError
from central.bookings.issuer import BookingError
from central.bookings.issuing import IssueError
from central.bookings.mail import AddressError
from central.bookings.office import OfficeError
from central.bookings.publisher import PublishError
from central.bookings.store import StoreError
from central.keys.key_files import KeyringError
from central.verbs import (
    access,
    backup,
    bookings,
    collect,
    dashboard,
    doctor,
    keys,
    publish,
    statistics,
    wait_pages,
)
from central.verbs.arguments import PROG, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = (
    keys,
    bookings,
    publish,
    collect,
    wait_pages,
    dashboard,
    statistics,
    access,
    backup,
    doctor,
)
"""In the order in which they are told."""
_SAID = (
    AddressError,
    BookingError,
    ClaimsError,
    ConfigError,
    HandoverError,
    IssueError,
    KeyringError,
    LobbyError,
    MailFolderError,
    OfficeError,
    PublishError,
    StoreError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    # What a connection has to say is in the error; `publish --watch` shows its log as well.
    logging.getLogger("appliance").addHandler(logging.NullHandler())
    options = _parser().parse_args(arguments)
    try:
        for sentence in options.do(options):
            print(sentence, flush=True)
    except _SAID as error:
        return _complain(str(error))
    except OverflowError:
        return _complain("a time is too far away: allowed are the years 2020 to 2099")
    except BrokenPipeError:
        # Whoever read our output has enough; python would complain once more at exit.
        sys.stderr.close()
        return 1
    return 0


def _parser() -> Parser:
    parser = Parser(prog=PROG, description="Keys, bookings and codes for lobby appliances.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb in VERBS:
        verb.add(verbs)
    return parser


def _complain(sentence: str) -> int:
    print(f"{PROG}: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
