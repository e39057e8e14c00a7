"""What a Pi shall be, from the inventory: the list of steps, in the order in which they are done.

The order is such that an interruption leaves a Pi that still works, or does not yet: settings come
before the programs that read them, and the lobby itself at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioning import recipe_bus, recipe_lobby, recipe_system

if TYPE_CHECKING:
    from central.access.inventory import Device, Inventory
    from provisioning.brought import Material
    from provisioning.facts import Platform
    from provisioning.steps import Step


def steps(
    inventory: Inventory, device: Device, platform: Platform, material: Material
) -> tuple[Step, ...]:
    """Give all steps for a device: a desk's Pi, or a satellite of one.

    Args:
        inventory: What there is.
        device: Which.
        platform: What kind of machine it is.
        material: What is brought to it.
    """
    bus = recipe_bus.bus if device.has_bus else recipe_bus.tunnel
    return (
        *recipe_system.reach(inventory),
        *recipe_system.programs(device, platform, material),
        *recipe_system.system(inventory, device, platform),
        *recipe_system.people(device),
        *recipe_system.devices(material),
        *bus(inventory, device, material),
        *recipe_lobby.lobby(inventory, device, material),
        *(recipe_lobby.pages(inventory, device) if device.has_bus else ()),
    )


def for_satellites(inventory: Inventory, desk: Device, material: Material) -> tuple[Step, ...]:
    """Give what a desk's Pi, which is provisioned already, needs for its satellites.

    Args:
        inventory: What there is.
        desk: The device on which their lobby's bus runs.
        material: What is brought to that.
    """
    return (
        *recipe_system.firewall(inventory, desk),
        *recipe_bus.bus(inventory, desk, material),
    )
