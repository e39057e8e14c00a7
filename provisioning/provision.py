"""One device: connect, do all steps, ask the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from provisioning.facts import PlatformFact
from provisioning.machine import Address, Machine, MachineError, connected
from provisioning.material import gather
from provisioning.recipe import steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central.access.inventory import Device, Inventory
    from provisioning.material import Sources

DOCTOR = "/opt/lobby/current/bin/lobby doctor"
NO_DOCTOR = 2
"""Exit code of a release that has none: wrong use."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a device.

    Args:
        device: Its id.
        changes: So many steps changed something, or would.
        doctor: What `lobby doctor` said, in a word.
        sentence: Why it was not done; empty: it was.
    """

    device: str
    changes: int
    doctor: str = "not asked"
    sentence: str = ""

    @property
    def well(self) -> bool:
        """Whether all was done, and nothing is wrong."""
        return not self.sentence and self.doctor != "NOT WELL"


def provision(
    inventory: Inventory,
    device: Device,
    sources: Sources,
    key: Path | None,
    *,
    say: Callable[[str], None],
    dry: bool,
) -> Outcome:
    """Make a device as the inventory says, from wherever it is.

    Args:
        inventory: What there is.
        device: Which.
        sources: Where everything lies.
        key: Private SSH key; None: the agent's.
        say: Takes a line for each change.
        dry: Change nothing, tell what would change.
    """
    address = Address(
        device.host,
        device.ssh_port,
        inventory.care.user,
        key,
        sources.inventory.parent / "known_hosts",
    )
    changes = 0
    try:
        material = gather(inventory, device, sources)
        with connected(device.id, address, dry=dry) as machine:
            platform = machine.fact(PlatformFact)
            if platform is None:
                raise MachineError(f"{device.id} has no Python: install python3 there")
            for step in steps(inventory, device, platform, material):
                if machine.do(step):
                    changes += 1
                    say(f"{device.id}: {'would change: ' if dry else ''}{step}")
            doctor = "not asked" if dry else _doctor(machine, device.id, say)
    except LobbyError as error:
        return Outcome(device.id, changes, sentence=str(error))
    return Outcome(device.id, changes, doctor)


def _doctor(machine: Machine, name: str, say: Callable[[str], None]) -> str:
    code, said = machine.run(DOCTOR)
    if code == NO_DOCTOR:
        return "none yet"
    for line in said:
        say(f"{name}: {line}")
    return "well" if code == 0 else "NOT WELL"
