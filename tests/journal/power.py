"""A card whose power can be cut at any operation: what was not synced may be gone, or half there.

A `Recorder` notes each operation while real files are written. Replaying the first so many on a
`Card` gives what a cut at that moment may have left: of each 512-byte sector that was written since
the file's last sync any state that it went through, or the beginning of one and the rest of
another; of its size and its name any that they had. No order holds between sectors, or between
files: a card's own controller keeps none.

Not shown: a card that says "synced" and lies, or that harms what was not being written.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

T = TypeVar("T")

SECTOR: Final = 512


@dataclass(frozen=True, slots=True)
class Made:
    """A file was made, empty."""

    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes were written."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resized:
    """A file was made shorter, or longer with zeros."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A file is on the card as it is; `with_names`: so are the names in the folder."""

    name: str
    with_names: bool


@dataclass(frozen=True, slots=True)
class Deleted:
    """A file was deleted; `with_names`: and the folder synced."""

    name: str
    with_names: bool


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file took another name, and the place of what had it."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class NamesSynced:
    """The names in the folder are on the card."""

    name: str = "."


Operation = Made | Written | Resized | Synced | Deleted | Renamed | NamesSynced


class Pick(Protocol):
    """Decides which of the states that something went through is on the card after the cut."""

    def __call__(self, states: Sequence[T], /) -> T:
        """Pick one; the first is the synced one."""


def lost(states: Sequence[T]) -> T:
    """Nothing of what was not synced reached the card."""
    return states[0]


def kept(states: Sequence[T]) -> T:
    """All of it reached the card."""
    return states[-1]


class Chance:
    """Some of it reached the card.

    Args:
        seed: The same seed decides the same.
    """

    def __init__(self, seed: object) -> None:
        self._random = random.Random(repr(seed))  # noqa: S311  (no secret)
        self._loss = self._random.random()

    def __call__(self, states: Sequence[T]) -> T:
        """Pick the synced state, more or less often, or any."""
        if len(states) == 1 or self._random.random() < self._loss:
            return states[0]
        return self._random.choice(states)


class _File:
    """What is in a file, and what each sector was since the last sync."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = bytearray(content)
        self._sizes = [len(content)]
        self._states: dict[int, list[bytes]] = {}

    def write(self, offset: int, data: bytes) -> None:
        self._change(offset, data, max(len(self._content), offset + len(data)))

    def resize(self, size: int) -> None:
        self._change(size, bytes(max(0, len(self._content) - size)), size)

    def sync(self) -> None:
        self._states.clear()
        self._sizes = [len(self._content)]

    def after_cut(self, pick: Pick) -> bytes:
        content = self._content.ljust(max(self._sizes), b"\0")
        for sector, states in self._states.items():
            torn_at = pick(range(SECTOR))
            state = pick(states)[:torn_at] + pick(states)[torn_at:]
            content[sector * SECTOR : (sector + 1) * SECTOR] = state
        return bytes(content[: pick(self._sizes)])

    def _change(self, offset: int, data: bytes, size: int) -> None:
        begin = min(offset, len(self._content))
        end = max(offset + len(data), size)
        touched = range(begin // SECTOR, -(-end // SECTOR))
        for sector in touched:
            self._states.setdefault(sector, [self._sector(sector)])
        self._content = self._content.ljust(offset + len(data), b"\0")
        self._content[offset : offset + len(data)] = data
        del self._content[size:]
        self._content = self._content.ljust(size, b"\0")
        for sector in touched:
            self._states[sector].append(self._sector(sector))
        self._sizes.append(size)

    def _sector(self, sector: int) -> bytes:
        return bytes(self._content[sector * SECTOR : (sector + 1) * SECTOR]).ljust(SECTOR, b"\0")


class Card:
    """A folder on a card.

    Args:
        files: What was on it, synced.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._names: dict[str, list[_File | None]] = {
            name: [_File(content)] for name, content in (files or {}).items()
        }

    def do(self, operations: Iterable[Operation]) -> None:
        """Let operations happen."""
        for operation in operations:
            match operation:
                case Made(name):
                    self._names.setdefault(name, [None]).append(_File())
                case Written(name, offset, data):
                    self._file(name).write(offset, data)
                case Resized(name, size):
                    self._file(name).resize(size)
                case Synced(name, with_names):
                    self._file(name).sync()
                    self._sync_names(with_names)
                case Deleted(name, with_names):
                    self._names[name].append(None)
                    self._sync_names(with_names)
                case Renamed(name, to):
                    self._names.setdefault(to, [None]).append(self._file(name))
                    self._names[name].append(None)
                case NamesSynced():
                    self._sync_names(really=True)

    def after_cut(self, pick: Pick) -> dict[str, bytes]:
        """Give the files that are there when the power comes back.

        Args:
            pick: `lost`, `kept`, or a `Chance`.
        """
        files = {name: pick(states) for name, states in self._names.items()}
        return {name: file.after_cut(pick) for name, file in files.items() if file is not None}

    def _file(self, name: str) -> _File:
        file = self._names[name][-1]
        assert file is not None
        return file

    def _sync_names(self, really: bool) -> None:  # noqa: FBT001  (as the operation says)
        if really:
            self._names = {
                name: states[-1:] for name, states in self._names.items() if states[-1] is not None
            }
