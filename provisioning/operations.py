"""From a step to commands: what pyinfra has is taken from it, the rest is here.

Each operation of ours asks for facts and gives the commands that are missing; where all is so
already it gives none. In a dry run pyinfra asks for the first command only. In a real one it asks
for the next when the one before is done, so that a fact may be asked again in between.
"""

from __future__ import annotations

import base64
import io
import re
import shlex
from typing import TYPE_CHECKING, Any, assert_never

from pyinfra.api.command import FileUploadCommand, StringCommand
from pyinfra.api.operation import operation
from pyinfra.context import host
from pyinfra.operations import apt, files, server, systemd

from appliance.errors import LobbyError
from provisioning import facts, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Commands = Generator[Any, None, None]
    """Commands as pyinfra takes them: text, or one of its kinds."""

PASSWORDS = "/etc/lobby/bus"
BROKER = "/etc/mosquitto/lobby"
GUESTS = f"{BROKER}/guests"
HASHES = "/etc/lobby/bus-hashes"
PAPERS = "/etc/lobby/uplink"
UNITS = "/etc/systemd/system/"
INSTALLED = "/opt/lobby"
BROUGHT = "/var/lib/lobby-releases"
INSTALLER = "/usr/local/sbin/lobby-release"
LISTS_LAST_S = 24 * 3600
ONE_LINE = re.compile(r"[\x20-\x7e]+")


class NotEffectiveError(LobbyError):
    """A setting was written, and something else wins over it; the sentence says what to do."""


class CommandLineError(LobbyError):
    """The kernel's command line is not as it should be, and so it is left alone."""


def as_operation(step: steps.Step) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Give pyinfra's operation for a step, and its arguments."""
    match step:
        case steps.Packages(names):
            wanted = {"packages": list(names), "update": False, "no_recommends": True}
            return packages, wanted
        case steps.Group(name):
            return server.group, {"group": name, "system": True}
        case steps.User(name, group, groups):
            return server.user, {
                "user": name,
                "group": group,
                "groups": list(groups) or None,
                "system": True,
                "home": "/nonexistent",
                "shell": "/usr/sbin/nologin",
                "ensure_home": False,
            }
        case steps.Folder(path, owner, group, mode):
            return files.directory, {"path": path, "user": owner, "group": group, "mode": mode}
        case steps.File():
            return files.put, _put(step)
        case steps.Given(file):
            return given, {"file": file}
        case steps.Link(path, target):
            return files.link, {"path": path, "target": target}
        case steps.Gone(path):
            return gone, {"path": path}
        case steps.Enabled(unit, enabled):
            return systemd.service, {"service": unit, "running": None, "enabled": enabled}
        case steps.Fresh(unit, watched):
            return fresh, {"unit": unit, "watched": watched}
        case steps.Made():
            return made, {"step": step}
        case steps.Effective():
            return effective, {"step": step}
        case steps.KernelWord():
            return kernel_word, {"step": step}
        case steps.Logins():
            return logins, {"step": step}
        case steps.Certificate():
            return certificate, {"step": step}
        case steps.Release():
            return release, {"step": step}
        case _:
            assert_never(step)


def _put(file: steps.File) -> dict[str, Any]:
    return {
        "src": io.BytesIO(file.content),
        "dest": file.path,
        "user": file.owner,
        "group": file.group,
        "mode": file.mode,
    }


@operation()
def given(file: steps.File) -> Commands:
    """Write a file that is not there yet; never over one that is."""
    if not host.get_fact(facts.LinesFact, asked=f"test -e {shlex.quote(file.path)} && echo there"):
        yield from files.put._inner(**_put(file))  # noqa: SLF001  (pyinfra's way to nest)


@operation()
def gone(path: str) -> Commands:
    """Take a file away, or a link to one; what a unit started ends with it."""
    if host.get_fact(facts.LinesFact, asked=f"ls -d {shlex.quote(path)}"):
        unit = path.removeprefix(UNITS) if path.endswith((".service", ".timer")) else ""
        if unit:
            yield f"systemctl disable --now {shlex.quote(unit)}"
        yield f"rm -f {shlex.quote(path)}"
        if unit:
            yield "systemctl daemon-reload"


@operation()
def packages(packages: list[str], *, update: bool, no_recommends: bool) -> Commands:
    """Install what is missing; the lists of packages are asked for only then."""
    missing = list(
        apt.packages._inner(packages, update=update, no_recommends=no_recommends)  # noqa: SLF001  (pyinfra's way to nest)
    )
    if missing:
        yield from apt.update._inner(cache_time=LISTS_LAST_S)  # noqa: SLF001  (the same)
        yield from missing


@operation()
def fresh(unit: str, watched: tuple[str, ...]) -> Commands:
    """Start or restart a unit if it does not run, or runs with older files."""
    state = host.get_fact(facts.UnitFact, unit=unit, files=watched)
    if state.stale or not state.loaded:
        yield "systemctl daemon-reload"
    if state.stale or (not state.unfit and (state.older or not state.active)):
        yield f"systemctl restart {shlex.quote(unit)}"


@operation()
def made(step: steps.Made) -> Commands:
    """Make a file where it is missing or older than what it is made from."""
    look = (
        f"test -e {step.path} || echo missing; find {shlex.join(step.sources)} -newer {step.path}"
    )
    if host.get_fact(facts.LinesFact, asked=f"sh -c {shlex.quote(look)}"):
        yield step.command


@operation()
def effective(step: steps.Effective) -> Commands:
    """See that a setting counts.

    Raises:
        NotEffectiveError: It does not.
    """
    told = host.get_fact(facts.LinesFact, asked=step.command)
    if lacking := [line for line in step.lines if line not in told]:
        # In a dry run this is what would change; in a real one its file was written before.
        yield "true"
        raise NotEffectiveError(f"{step.what}: not in effect: {', '.join(lacking)}; {step.advice}")


@operation()
def kernel_word(step: steps.KernelWord) -> Commands:
    """Put a word at the end of the kernel's command line, and leave all others as they are.

    A Pi with a broken one does not boot. So it is written beside, is on the card before it takes
    the other's name, and what is no line of words is left to a person. On FAT the change of name is
    one entry of the folder (fs/fat/namei_vfat.c): the old file or the new one. It has no journal: a
    power cut may leave the draft's name behind, and what the check at boot repairs.

    Raises:
        CommandLineError: It is empty, missing, several lines, or damaged.
    """
    lines = host.get_fact(facts.LinesFact, asked=f"cat {shlex.quote(step.file)}")
    line = "\n".join(lines).strip()
    if ONE_LINE.fullmatch(line) is None:
        raise CommandLineError(
            f"{step.file} is not one line of words, and is left as it is: this Pi might not boot"
            " any more. Put it right by hand; a card that was just written shows how it looks"
        )
    if step.word in line.split():
        return
    text = base64.b64encode(f"{line} {step.word}\n".encode("ascii")).decode()
    draft = f"{step.file}.new"
    yield _script(
        f"echo {text} | base64 -d >{draft}",
        f"sync {draft}",
        f"mv {draft} {step.file}",
        f"sync -f {step.file}",
    )


@operation()
def logins(step: steps.Logins) -> Commands:
    """Make the passwords that are missing, and the broker's hashes of all."""
    passwords = dict(step.files)
    found = host.get_fact(facts.PasswordsFact, folder=PASSWORDS, broker=BROKER)
    missing = set(passwords.values()) - found.files
    for name in sorted(missing):
        path = f"{PASSWORDS}/{name}"
        mode, group = ("640", "lobby") if name in step.shared else ("600", "root")
        yield _script(
            "umask 077",
            f"openssl rand -base64 24 >{path}.new",
            f"chown root:{group} {path}.new",
            f"chmod {mode} {path}.new",
            f"mv {path}.new {path}",
        )
    for name in sorted(found.files - set(passwords.values())):
        yield f"rm -f {PASSWORDS}/{shlex.quote(name)}"
    known = {*passwords, *step.guests}
    if step.broker and (found.owed or found.known != known or missing):
        yield _script(
            "umask 077",
            f": >{BROKER}/passwords.new",
            *(
                f'echo "{login}:$(cat {PASSWORDS}/{name})" >>{BROKER}/passwords.new'
                for login, name in sorted(passwords.items())
            ),
            f"mosquitto_passwd -U {BROKER}/passwords.new",
            # These are hashes already.
            f"cat {GUESTS} >>{BROKER}/passwords.new",
            f"chown root:mosquitto {BROKER}/passwords.new",
            f"chmod 640 {BROKER}/passwords.new",
            f"mv {BROKER}/passwords.new {BROKER}/passwords",
        )


@operation()
def certificate(step: steps.Certificate) -> Commands:
    """Have a key made on the Pi, and its request signed here; the key stays where it is.

    The new key lies beside the one in use until its certificate has come: an interruption costs
    nothing, and the same request gets the same certificate.
    """
    papers = host.get_fact(facts.PapersFact, folder=PAPERS, copies=BROKER)
    if not step.suits(papers.certificate, papers.public_key):
        new = f"{PAPERS}/new"
        yield _script(
            "umask 077",
            f"test -s {new}.key || {{ openssl genpkey -algorithm EC"
            f" -pkeyopt ec_paramgen_curve:P-256 -out {new}.draft && mv {new}.draft {new}.key; }}",
            f"openssl req -new -key {new}.key -subj /CN={step.name} -out {new}.csr",
        )
        request: list[str] = host.get_fact(facts.LinesFact, asked=f"cat {new}.csr")
        text = base64.b64encode(step.sign("\n".join(request).encode())).decode()
        yield _script(
            f"echo {text} | base64 -d >{new}.pem",
            f"chmod 644 {new}.pem",
            f"mv {new}.key {PAPERS}/device.key",
            f"mv {new}.pem {PAPERS}/device.pem",
            f"rm -f {new}.csr",
        )
        papers = host.get_fact(facts.PapersFact, folder=PAPERS, copies=BROKER)
    if step.broker and not papers.copied:
        yield _script(
            f"install -m 640 -o root -g mosquitto {PAPERS}/device.key {BROKER}/own.key",
            f"install -m 644 {PAPERS}/device.pem {BROKER}/own.pem",
        )


@operation()
def release(step: steps.Release) -> Commands:
    """Bring a release, file by file as far as it is not there, and let it take over."""
    brought = f"{BROUGHT}/{step.version}"
    found = host.get_fact(facts.ReleasesFact, installed=INSTALLED, brought=brought)
    if found.current == step.version and step.version in found.complete:
        if found.on_trial:
            yield f"{INSTALLER} judge"
        return
    if step.version not in found.complete:
        yield f"mkdir -p {brought}"
        for name, digest in step.sums:
            if found.sums.get(name) != digest:
                yield FileUploadCommand(str(step.folder / name), f"{brought}/{name}")
        for name in sorted(set(found.sums) - {name for name, _ in step.sums}):
            yield f"rm -f {brought}/{shlex.quote(name)}"
        yield f"{INSTALLER} install {brought}"
    older = " --older" if step.older else ""
    yield f"{INSTALLER} switch {step.version}{older}"


def _script(*lines: str) -> StringCommand:
    """Give one command of several, which ends at the first that fails."""
    return StringCommand("sh", "-c", shlex.quote("\n".join(("set -e", *lines))))
