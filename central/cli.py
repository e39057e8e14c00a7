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
from central import (
    cli_access,
    cli_backup,
    cli_bookings,
    cli_collect,
    cli_dashboard,
    cli_doctor,
    cli_keys,
    cli_publish,
    cli_statistics,
    cli_wait_pages,
)
from central.cli_arguments import PROG, Parser
from central.handover import HandoverError
from central.importing import MailFolderError
from central.issuer import BookingError
from central.issuing import IssueError
from central.key_files import KeyringError
from central.mail import AddressError
from central.office import OfficeError
from central.publisher import PublishError
from central.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    return 0


def _parser() -> Parser:
    parser = Parser(prog=PROG, description="Keys, bookings and codes for lobby appliances.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    cli_keys.add_verbs(verbs)
    cli_bookings.add_verbs(verbs)
    cli_publish.add_verbs(verbs)
    cli_collect.add_collect(verbs)
    cli_wait_pages.add_wait_pages(verbs)
    cli_dashboard.add_verbs(verbs)
    cli_statistics.add_verbs(verbs)
    cli_access.add_verbs(verbs)
    cli_backup.add_verbs(verbs)
    cli_doctor.add_doctor(verbs)
    return parser


def _complain(sentence: str) -> int:
    print(f"{PROG}: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
