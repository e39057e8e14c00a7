"""The root of what can stop a process or a verb in a way that a person can mend."""

from __future__ import annotations


class LobbyError(Exception):
    """Something that is said in one sentence, which tells what to do."""
