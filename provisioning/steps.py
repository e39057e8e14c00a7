"""What is wanted of a Pi, as data: each step is a state, and is done where it is not so already.

Nothing here knows how: `operations` turns a step into commands, by the facts of the machine. So
what provisioning wants can be read, compared and tested without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = "root"


@dataclass(frozen=True, slots=True)
class Packages:
    """Debian packages are installed, without what they merely recommend."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"packages {', '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class Group:
    """A system group exists."""

    name: str

    def __str__(self) -> str:
        return f"group {self.name}"


@dataclass(frozen=True, slots=True)
class User:
    """A system user exists that nobody can log in as."""

    name: str
    group: str
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"user {self.name}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder exists, with these rights."""

    path: str
    owner: str = ROOT
    group: str = ROOT
    mode: str = "755"

    def __str__(self) -> str:
        return f"folder {self.path}"


@dataclass(frozen=True, slots=True)
class File:
    """A file has this content and these rights."""

    path: str
    content: bytes = field(repr=False)
    owner: str = ROOT
    group: str = ROOT
    mode: str = "644"

    def __str__(self) -> str:
        return f"file {self.path}"


@dataclass(frozen=True, slots=True)
class Given:
    """A file is there; the first time it gets this content, then it lives a life of its own."""

    file: File

    def __str__(self) -> str:
        return f"a first {self.file.path}"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link leads there."""

    path: str
    target: str

    def __str__(self) -> str:
        return f"link {self.path}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A file is not there."""

    path: str

    def __str__(self) -> str:
        return f"no file {self.path}"


@dataclass(frozen=True, slots=True)
class Enabled:
    """A unit is started at boot, or not; now nothing is started or stopped."""

    unit: str
    enabled: bool = True

    def __str__(self) -> str:
        return f"{self.unit} {'at' if self.enabled else 'not at'} boot"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A unit runs, started after the newest of its files was written.

    That is looked at on the machine, not remembered from the steps before: a run that is
    interrupted between a file and the restart is made good by the next one.
    """

    unit: str
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.unit} runs with its newest files"


@dataclass(frozen=True, slots=True)
class Made:
    """A file is newer than all that it is made from, by a command that makes it.

    Args:
        path: What is made.
        sources: What it is made from.
        command: Makes it.
    """

    path: str
    sources: tuple[str, ...]
    command: str

    def __str__(self) -> str:
        return f"{self.path} made"


@dataclass(frozen=True, slots=True)
class Effective:
    """A program's own view of its settings has these lines: a file alone proves nothing.

    Args:
        what: For people.
        command: Prints the settings.
        lines: Each must be among them.
        advice: What to do if one is not.
    """

    what: str
    command: str
    lines: tuple[str, ...]
    advice: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True)
class KernelWord:
    """The kernel is started with a word, from the next boot on.

    Args:
        word: The last one of the line, if it is not there yet.
        file: Whose one line the firmware hands on to the kernel.
        gives: What counts from then on, for people.
    """

    word: str
    file: str
    gives: str

    def __str__(self) -> str:
        return f"{self.word} in {self.file}"


@dataclass(frozen=True, slots=True)
class Logins:
    """Each login on the bus has a password, made on the Pi, and the broker knows its hash.

    Args:
        files: Login → name of the file with its password, below `/etc/lobby/bus`.
        shared: Files that members of the group `lobby` may read.
        broker: It is here; else nobody here needs hashes.
        guests: Logins whose hashes were brought, as their passwords are on other Pis.
    """

    files: tuple[tuple[str, str], ...]
    shared: tuple[str, ...] = ()
    broker: bool = False
    guests: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"passwords of {len(self.files) + len(self.guests)} logins"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The Pi has a key of its own and a certificate for it, which lasts.

    Args:
        name: The device's id.
        suits: Tells of a certificate (PEM) and a public key (PEM) whether they are as they shall.
        sign: Gives the certificate (PEM) for a request (PEM).
        broker: The broker is here, and gets a copy of both.
    """

    name: str
    suits: Callable[[str, str], bool] = field(repr=False)
    sign: Callable[[bytes], bytes] = field(repr=False)
    broker: bool = False

    def __str__(self) -> str:
        return f"certificate of {self.name}"


@dataclass(frozen=True, slots=True)
class Release:
    """A release is on the Pi and runs.

    Args:
        version: Its name.
        folder: Here, as `provisioning.release` made it.
        sums: File → its SHA-256, in hex, for all files of the release.
        older: It may be older than the one that runs.
    """

    version: str
    folder: Path
    sums: tuple[tuple[str, str], ...] = field(repr=False)
    older: bool = False

    def __str__(self) -> str:
        return f"release {self.version}"


Step = (
    Packages
    | Group
    | User
    | Folder
    | File
    | Given
    | Link
    | Gone
    | Enabled
    | Fresh
    | Made
    | Effective
    | KernelWord
    | Logins
    | Certificate
    | Release
)
