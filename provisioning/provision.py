"""One device: connect, do all steps, ask the doctor.

A satellite's passwords are made there, and the broker that wants their hashes is on the desk's Pi:
so that is visited afterwards, for its bus alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from provisioning.facts import LinesFact, PlatformFact, RestartFact
from provisioning.guests import keep
from provisioning.machine import Address, Machine, MachineError, connected
from provisioning.material import gather
from provisioning.operations import BROKER, HASHES
from provisioning.recipe import for_satellites, steps
from provisioning.steps import KernelWord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from central.access.inventory import Device, Inventory
    from provisioning.material import Sources
    from provisioning.steps import Step

DOCTOR = "/opt/lobby/current/bin/lobby doctor"
WITHOUT_BUS = "packages machine clock camera sound screen"
"""What is looked at on a satellite: the bus answers to the command line on the desk's Pi."""
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
        owed: What counts only after a restart, and so what to do; empty: all counts.
    """

    device: str
    changes: int
    doctor: str = "not asked"
    sentence: str = ""
    owed: str = ""

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
    visit = _Visit(inventory, sources, key, say, dry=dry)
    try:
        doctor = visit.whole(device)
        if not device.has_bus:
            visit.tell_desk(device)
    except LobbyError as error:
        return Outcome(device.id, visit.changes, sentence=str(error))
    return Outcome(device.id, visit.changes, doctor, owed=visit.owed)


class _Visit:
    """What is the same for all that is visited for one device; see `provision`."""

    def __init__(
        self,
        inventory: Inventory,
        sources: Sources,
        key: Path | None,
        say: Callable[[str], None],
        *,
        dry: bool,
    ) -> None:
        self.inventory = inventory
        self.sources = sources
        self.key = key
        self.say = say
        self.dry = dry
        self.changes = 0
        self.owed = ""

    def whole(self, device: Device) -> str:
        """Do all steps of a device; give what its doctor says."""
        material = gather(self.inventory, device, self.sources)
        with connected(device.id, self._address(device), dry=self.dry) as machine:
            platform = machine.fact(PlatformFact)
            if platform is None:
                raise MachineError(f"{device.id} has no Python: install python3 there")
            wanted = steps(self.inventory, device, platform, material)
            self._do(machine, device, wanted)
            self.owed = owed(machine, wanted)
            if not device.has_bus and not self.dry:
                told = machine.fact(LinesFact, asked=f"cat {HASHES}")
                keep(self.sources.inventory.parent, device.id, told)
            return "not asked" if self.dry else _doctor(machine, device, self.say)

    def tell_desk(self, satellite: Device) -> None:
        """Let the bus on the desk's Pi know a satellite."""
        desk = self.inventory.desk_of(self.inventory.lobby_of(satellite))
        material = gather(self.inventory, desk, self.sources)
        with connected(desk.id, self._address(desk), dry=self.dry) as machine:
            if not machine.fact(LinesFact, asked=f"ls {BROKER}/mosquitto.conf"):
                raise MachineError(f"{desk.id} has the bus for it: provision that, too")
            self._do(machine, desk, for_satellites(self.inventory, desk, material))

    def _do(self, machine: Machine, device: Device, wanted: Iterable[Step]) -> None:
        for step in wanted:
            if machine.do(step):
                self.changes += 1
                self.say(f"{device.id}: {'would change: ' if self.dry else ''}{step}")

    def _address(self, device: Device) -> Address:
        return Address(
            device.host,
            device.ssh_port,
            self.inventory.care.user,
            self.key,
            self.sources.inventory.parent / "known_hosts",
        )


def owed(machine: Machine, wanted: Iterable[Step]) -> str:
    """Tell what a device is to be restarted for; empty: for nothing.

    Looked at on it, not remembered: the next run, which changes nothing, still tells.
    """
    gives = [
        step.gives
        for step in wanted
        if isinstance(step, KernelWord)
        and machine.fact(RestartFact, word=step.word, file=step.file)
    ]
    return f"restart it: {', '.join(gives)} count from then on" if gives else ""


def _doctor(machine: Machine, device: Device, say: Callable[[str], None]) -> str:
    code, said = machine.run(DOCTOR if device.has_bus else f"{DOCTOR} {WITHOUT_BUS}")
    if code == NO_DOCTOR:
        return "none yet"
    for line in said:
        say(f"{device.id}: {line}")
    return "well" if code == 0 else "NOT WELL"
