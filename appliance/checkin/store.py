"""The trust list on the disk of a Pi: replaced whole, and never by an older one.

The highest sequence ever seen stands in a file of its own, apart from the journal: whoever restores
an old journal, or an old list, does not bring a revoked key back. The list is replaced first, the
number after it: a power cut between leaves a newer list than remembered, which is fine; the other
way round the Pi would refuse its own list.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from appliance.checkin.keys import TrustError, TrustList, read_trust_list
from appliance.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

log = logging.getLogger(__name__)

NOBODY = TrustList(sequence=0, issued=datetime.fromtimestamp(0, UTC), keys=())
"""The list that trusts no key."""

_SEQUENCE = re.compile(r"[0-9]{1,19}")


class TrustStore:
    """The trust list in use: one without keys until `load` or `replace` brought one.

    Not for several threads: the desk's loop alone uses it.

    Args:
        path: Where the signed list is kept.
        sequence_path: Where the highest sequence is remembered.
        root: Who must have signed the list.
        stale_after: A list that was issued longer ago than this is worth a warning.
    """

    def __init__(
        self,
        path: Path,
        sequence_path: Path,
        root: Ed25519PublicKey,
        *,
        stale_after: timedelta = timedelta(days=45),
    ) -> None:
        self._path = path
        self._sequence_path = sequence_path
        self._root = root
        self._stale_after = stale_after
        self._trust: TrustList | None = None
        self._written = False

    @property
    def trust(self) -> TrustList:
        """The list in use."""
        return self._trust or NOBODY

    def load(self) -> TrustList:
        """Take the list on the disk into use.

        Raises:
            TrustError: There is none, it is not signed by the root, or it is older than one that
                was in use before.
            OSError: Its sequence cannot be remembered.
        """
        trust = read_trust_list(self._path, self._root)
        self._refuse_older(trust)
        self._trust, self._written = trust, True
        self._remember(trust.sequence)
        return trust

    def replace(self, data: bytes) -> TrustList:
        """Take a new list into use. The same list once more is fine and changes nothing.

        Raises:
            TrustError: It is not signed by the root, or older than the one in use, or another one
                with the same sequence. The list in use stays.
            OSError: It cannot be written. It is in use all the same, as it may revoke a key; after
                a restart the list before is, until it comes again.
        """
        trust = TrustList.parse(data, self._root)
        if trust == self._trust and self._written:
            return trust
        self._refuse_older(trust)
        same = self._trust is not None and trust.sequence == self._trust.sequence
        if same and trust != self._trust:
            raise TrustError(f"two different trust lists have sequence {trust.sequence}: sign anew")
        self._trust, self._written = trust, False
        write_atomically(self._path, data)
        self._written = True
        self._remember(trust.sequence)
        return trust

    @property
    def empty(self) -> bool:
        """Whether there is no list: then no appointment code can be accepted."""
        return self._trust is None

    def stale_for(self, now: datetime) -> timedelta | None:
        """Give how old the list is, where that is worth a warning: it keeps working."""
        age = now - self.trust.issued
        return None if self.empty or age <= self._stale_after else age

    def _refuse_older(self, trust: TrustList) -> None:
        highest = max(self._remembered(), self.trust.sequence)
        if trust.sequence < highest:
            raise TrustError(
                f"the trust list has sequence {trust.sequence}, and {highest} was in use before:"
                " fetch the newest"
            )

    def _remembered(self) -> int:
        try:
            text = self._sequence_path.read_text("ascii").strip()
        except FileNotFoundError:
            return 0
        except (OSError, UnicodeDecodeError):
            text = ""
        if not _SEQUENCE.fullmatch(text):
            # Who can damage this file could as well write 0: refusing all codes would help nobody.
            log.warning("%s is damaged; older trust lists are not recognised", self._sequence_path)
            return 0
        return int(text)

    def _remember(self, sequence: int) -> None:
        if sequence > self._remembered():
            write_atomically(self._sequence_path, f"{sequence}\n".encode())
