"""What can be wrong with a journal; each sentence says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from pathlib import Path


class JournalError(LobbyError):
    """The journal cannot be used; the sentence says what to do."""


class SecondWriterError(JournalError):
    """Another process writes this journal."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.owner = owner
        super().__init__(
            f"{path} is already being written by {owner or 'another process'}: one desk keeps one"
            " line. Stop that one first, or give this one a journal of its own"
            " (device.state_dir)."
        )


class LaterReleaseError(JournalError):
    """The file may only be written by a later release; nothing is wrong with it."""

    def __init__(self, path: str, schema: int, known: int) -> None:
        self.path = path
        self.schema = schema
        super().__init__(
            f"{path} was written by a later release (schema {schema}, this one knows {known}):"
            " install that release."
        )


class ContradictionError(JournalError):
    """What shall be written contradicts what is there: a booking or a key is used already."""
