"""What is so on a Pi: one short command each, and what its output says.

Facts that pyinfra does not have. None reads a secret: what a Pi made for itself stays there.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyinfra.api.facts import FactBase

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Platform:
    """What kind of machine it is.

    Args:
        machine: As `uname -m` says.
        python: Version of the system's Python, such as `3.13`.
        debian: Version of Debian, such as 13; 0: another system.
        pi: It runs Raspberry Pi OS, which has packages of its own.
    """

    machine: str
    python: str
    debian: int
    pi: bool


class PlatformFact(FactBase[Platform | None]):
    """The machine; None: it has no Python."""

    def command(self) -> str:
        """Print a line each."""
        version = 'import sys; print("%d.%d" % sys.version_info[:2])'
        return (
            f"uname -m; python3 -c {shlex.quote(version)} || exit 0;"
            " cut -d. -f1 /etc/debian_version 2>/dev/null || echo 0;"
            " test -e /etc/rpi-issue && echo pi || true"
        )

    def process(self, output: list[str]) -> Platform | None:
        """Read them."""
        match [line.strip() for line in output]:
            case [machine, python, debian, *rest]:
                number = int(debian) if debian.isdecimal() else 0
                return Platform(machine, python, number, "pi" in rest)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class UnitState:
    """How a unit is.

    Args:
        loaded: systemd knows its file.
        active: It runs.
        stale: Its file changed since systemd read it.
        older: The newest of its files was written after its start.
        unfit: systemd looked, and does not start it on this machine (its conditions).
    """

    loaded: bool
    active: bool
    stale: bool
    older: bool
    unfit: bool


class UnitFact(FactBase[UnitState]):
    """A unit, and whether it was started before the newest of its files was written."""

    def command(self, unit: str, files: Sequence[str]) -> str:
        """Print its properties, then the time of change of each file, in seconds."""
        names = (
            "LoadState,ActiveState,NeedDaemonReload,ActiveEnterTimestamp,"
            "ConditionResult,ConditionTimestamp"
        )
        # Status change and not content: a file that was put in place by a rename has an old mtime.
        looks = f"; stat -c %.Z {shlex.join(files)} 2>/dev/null || true" if files else ""
        return f"systemctl show --timestamp=us+utc -p {names} {shlex.quote(unit)}{looks}"

    def process(self, output: list[str]) -> UnitState:
        """Compare."""
        told = dict(line.split("=", 1) for line in output if "=" in line)
        written = [float(line.replace(",", ".")) for line in output if "=" not in line and line]
        started = _seconds(told.get("ActiveEnterTimestamp", ""))
        return UnitState(
            loaded=told.get("LoadState") == "loaded",
            active=told.get("ActiveState") == "active",
            stale=told.get("NeedDaemonReload") == "yes",
            older=bool(written) and max(written) > started,
            unfit=told.get("ConditionResult") == "no" and bool(told.get("ConditionTimestamp")),
        )


def _seconds(text: str) -> float:
    """Read `Mon 2026-03-02 08:00:01.250000 UTC`; nothing is long ago."""
    parts = text.split()
    if len(parts) != 4:  # noqa: PLR2004  (weekday, date, time, zone)
        return float("-inf")
    moment = datetime.fromisoformat(f"{parts[1]}T{parts[2]}").replace(tzinfo=UTC)
    return moment.timestamp()


class LinesFact(FactBase[list[str]]):
    """What a command prints, as root; nothing if it fails."""

    def command(self, asked: str) -> str:
        """Give the command."""
        return f"{asked} 2>/dev/null || true"

    def process(self, output: list[str]) -> list[str]:
        """Give its lines."""
        return output

    @staticmethod
    def default() -> list[str]:
        """Give none."""
        return []


class RestartFact(FactBase[bool]):
    """Whether the kernel was started without a word that stands in its file by now."""

    def command(self, word: str, file: str) -> str:
        """Print a line if it was."""
        has = f"has() {{ tr ' ' '\\n' <\"$1\" 2>/dev/null | grep -qxF -- {shlex.quote(word)}; }}"
        return f"{has}; has {shlex.quote(file)} && ! has /proc/cmdline && echo owed; true"

    def process(self, output: list[str]) -> bool:
        """Look whether it printed."""
        return output == ["owed"]

    @staticmethod
    def default() -> bool:
        """Give no: the command printed nothing."""
        return False


@dataclass(frozen=True, slots=True)
class Passwords:
    """Which passwords there are; never one of them.

    Args:
        files: Names of the files, below their folder.
        known: Logins whose hash the broker has.
        owed: A password, or a satellite's hash, is newer than the broker's hashes.
    """

    files: frozenset[str]
    known: frozenset[str]
    owed: bool


class PasswordsFact(FactBase[Passwords]):
    """The passwords of the bus."""

    @staticmethod
    def default() -> Passwords:
        """Give nothing: the command printed nothing."""
        return Passwords(frozenset(), frozenset(), owed=False)

    def command(self, folder: str, broker: str) -> str:
        """Print the names of files, the logins that have a hash, and what is newer."""
        hashes = f"{broker}/passwords"
        return (
            f"find {folder} -mindepth 1 -printf 'file %f\\n' 2>/dev/null;"
            f" sed -n 's/^\\([^:]*\\):.*/login \\1/p' {hashes} 2>/dev/null;"
            f" find {folder} {broker}/guests -type f -newer {hashes} -printf 'newer %f\\n'"
            " 2>/dev/null; true"
        )

    def process(self, output: list[str]) -> Passwords:
        """Sort them."""
        told = [line.partition(" ")[::2] for line in output]
        return Passwords(
            frozenset(name for kind, name in told if kind == "file"),
            frozenset(name for kind, name in told if kind == "login"),
            any(kind == "newer" for kind, _ in told),
        )


@dataclass(frozen=True, slots=True)
class Papers:
    """A device's certificate, and the public half of its key.

    Args:
        certificate: PEM; empty: none.
        public_key: PEM; empty: there is no key, or it is damaged.
        copied: The broker has the same.
    """

    certificate: str
    public_key: str
    copied: bool


class PapersFact(FactBase[Papers]):
    """The certificate and key in a folder, and their copies."""

    @staticmethod
    def default() -> Papers:
        """Give nothing: the command printed nothing."""
        return Papers("", "", copied=False)

    def command(self, folder: str, copies: str) -> str:
        """Print both, public halves only, and whether the broker has them too."""
        return (
            f"cat {folder}/device.pem 2>/dev/null;"
            f" openssl pkey -in {folder}/device.key -pubout 2>/dev/null;"
            f" cmp -s {folder}/device.pem {copies}/own.pem &&"
            f" cmp -s {folder}/device.key {copies}/own.key && echo copied; true"
        )

    def process(self, output: list[str]) -> Papers:
        """Take them apart."""
        text = "\n".join(output)
        certificate, end, rest = text.partition("-----END CERTIFICATE-----")
        if not end:
            certificate, rest = "", text
        public_key = rest.replace("\ncopied", "").strip()
        return Papers(certificate + end, public_key, output[-1:] == ["copied"])


@dataclass(frozen=True, slots=True)
class Releases:
    """What there is of releases.

    Args:
        current: The version that runs; empty: none.
        complete: Versions that are installed whole.
        sums: File → SHA-256 in hex, of what was brought of the asked version.
        on_trial: The trial of the one that runs was interrupted.
    """

    current: str
    complete: frozenset[str]
    sums: dict[str, str]
    on_trial: bool = False


class ReleasesFact(FactBase[Releases]):
    """The releases on a Pi, and what was brought of one."""

    @staticmethod
    def default() -> Releases:
        """Give nothing: the command printed nothing."""
        return Releases("", frozenset(), {})

    def command(self, installed: str, brought: str) -> str:
        """Print a line each."""
        return (
            f"test -L {installed}/current &&"
            f' echo "current $(basename "$(readlink {installed}/current)")";'
            f" test -e {installed}/on-trial && echo on-trial;"
            f" find {installed}/releases -mindepth 2 -maxdepth 2 -name .complete"
            f" -printf 'complete %P\\n' 2>/dev/null;"
            f" cd {brought} 2>/dev/null && sha256sum -- * 2>/dev/null; true"
        )

    def process(self, output: list[str]) -> Releases:
        """Sort them."""
        current, complete, sums, on_trial = "", set(), {}, False
        for line in output:
            match line.split():
                case ["on-trial"]:
                    on_trial = True
                case ["current", version]:
                    current = version
                case ["complete", path]:
                    complete.add(path.removesuffix("/.complete"))
                case [digest, name]:
                    sums[name.removeprefix("*")] = digest
        return Releases(current, frozenset(complete), sums, on_trial)
