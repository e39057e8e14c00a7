"""A Pi over SSH, through pyinfra: connected once, then step by step.

pyinfra plans all operations for all hosts and then runs them. Here each step is done at once and
told at once, on one Pi: what a person reads is where it is. That pyinfra can too: operations that
are added while it executes run immediately (its nested operations).
"""

from __future__ import annotations

import logging
import re
import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra.api.command import StringCommand
from pyinfra.api.config import Config
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.exceptions import NestedOperationError, PyinfraError
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import add_op
from pyinfra.api.state import State, StateStage
from pyinfra.context import ctx_config, ctx_host, ctx_state

from appliance.errors import LobbyError
from provisioning.operations import as_operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyinfra.api.host import Host

    from provisioning.steps import Step

CONNECT_WITHIN_S = 20


class MachineError(LobbyError):
    """A Pi cannot be reached, or a step failed on it; the sentence says what it said."""


@dataclass(frozen=True, slots=True)
class Address:
    """How a Pi is reached.

    Args:
        host: Its name or address.
        port: Of its SSH.
        user: Who logs in.
        key: Their private key; None: the agent's, or the usual ones.
        known_hosts: Where its host key is kept; at the first contact it is taken as it comes.
    """

    host: str
    port: int
    user: str
    key: Path | None
    known_hosts: Path


class Machine:
    """A Pi that is connected; see `connected`."""

    def __init__(self, state: State, host: Host, said: list[str], *, dry: bool) -> None:
        self._state = state
        self._host = host
        self._said = said
        self._dry = dry

    def fact(self, kind: Any, **asked: Any) -> Any:  # noqa: ANN401  (each fact has a type of its own)
        """Ask for a fact, as root.

        Raises:
            MachineError: It could not be asked.
        """
        with self._telling(f"asking for {kind.__name__}"):
            return self._host.get_fact(kind, **asked, _sudo=True)

    def do(self, step: Step) -> bool:
        """Do a step, or in a dry run see whether there is something to do.

        Returns:
            Whether something changed, or would.

        Raises:
            MachineError: It failed.
        """
        what, arguments = as_operation(step)
        with self._telling(str(step)):
            done = add_op(
                self._state, what, **arguments, name=str(step), host=self._host, _sudo=True
            )[self._host]
        return bool(done.will_change if self._dry else done.did_change())

    def run(self, command: str) -> tuple[int, list[str]]:
        """Run a command as root; give its exit code, and the lines that it printed."""
        with self._telling(command):
            # The connector tells only whether it was 0.
            whole = StringCommand("sh", "-c", shlex.quote(f"{command}; echo exit $?"))
            _, output = self._host.run_shell_command(whole, _sudo=True)
        *lines, last = output.stdout_lines or ["exit 1"]
        return int(last.removeprefix("exit ")), lines

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        self._said.clear()
        try:
            with (
                ctx_state.use(self._state),
                ctx_config.use(self._state.config),
                ctx_host.use(self._host),
            ):
                yield
        except LobbyError:
            raise
        except (PyinfraError, NestedOperationError, OSError, EOFError) as error:
            told = _plain(self._said, self._host.name) or str(error)
            raise MachineError(f"{self._host.name}: {what}: {told}") from error


@contextmanager
def connected(name: str, address: Address, *, dry: bool) -> Iterator[Machine]:
    """Connect to a Pi.

    Args:
        name: For people.
        address: How it is reached.
        dry: Nothing is changed: `do` tells what would be.

    Raises:
        MachineError: It cannot be reached.
    """
    said = _listen()
    data = {
        "ssh_hostname": address.host,
        "ssh_port": address.port,
        "ssh_user": address.user,
        "ssh_known_hosts_file": str(address.known_hosts),
        "ssh_strict_host_key_checking": "accept-new",
        "ssh_config_file": "/dev/null",
    }
    if address.key is not None:
        data |= {"ssh_key": str(address.key), "ssh_look_for_keys": False, "ssh_allow_agent": False}
    address.known_hosts.touch(0o600)
    state = State(
        Inventory(([(name, data)], {})),  # type: ignore[no-untyped-call]  # pyinfra has no types there
        Config(CONNECT_TIMEOUT=CONNECT_WITHIN_S),  # type: ignore[no-untyped-call]  # the same
        check_for_changes=dry,
    )
    (host,) = state.inventory
    state.set_stage(StateStage.Connect)
    try:
        connect_all(state)
    except PyinfraError as error:
        told = _plain(said, name) or str(error)
        raise MachineError(f"{name}: no SSH to {address.host}:{address.port}: {told}") from error
    state.set_stage(StateStage.Prepare if dry else StateStage.Execute)
    state.is_executing = not dry
    try:
        yield Machine(state, host, said, dry=dry)
    finally:
        disconnect_all(state)


def _plain(said: list[str], name: str) -> str:
    """Give what a machine said, without pyinfra's colours, its host's name and its own words."""
    plain = (re.sub(r"\x1b\[[0-9;]*m", "", line).replace(f"[{name}] ", "") for line in said[-8:])
    return " / ".join(line for line in plain if not line.startswith("Error: executed"))


def _listen() -> list[str]:
    """Keep what pyinfra says in place of printing it: it is told with the step that failed."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                said.append(record.getMessage())

    # paramiko logs whole tracebacks; what it has to say comes with its errors.
    for name, handler in (("pyinfra", Keep()), ("paramiko", logging.NullHandler())):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    return said
