"""`python -m provisioning`: releases, first boot, and Pis as the inventory wants them.

Exit codes: 0 done, or nothing to do; 1 not done somewhere; 2 wrong use.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from central.access.inventory_file import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from central.access.inventory import Device, Inventory
    from provisioning.provision import Outcome

PROG = "python -m provisioning"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.do(asked))
    except LobbyError as error:
        print(f"provisioning: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROG, description="From a blank Pi to a lobby, over SSH.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    apply = verbs.add_parser("apply", help="make Pis as the inventory says")
    apply.add_argument("devices", nargs="*", metavar="DEVICE", help="such as sued.eingang-1")
    apply.add_argument("--all", action="store_true", help="all devices of the inventory")
    apply.add_argument("--inventory", type=Path, required=True, metavar="FILE")
    apply.add_argument("--ca", type=Path, default=Path("ca"), metavar="FOLDER")
    apply.add_argument("--root-key", type=Path, default=Path("keys/root.pub"), metavar="FILE")
    apply.add_argument("--trust-list", type=Path, default=Path("keys/trust.cose"), metavar="FILE")
    apply.add_argument("--release", type=Path, required=True, metavar="FOLDER")
    apply.add_argument("--release-key", type=Path, default=Path("release.pub"), metavar="FILE")
    apply.add_argument("--older", action="store_true", help="the release may be an older one")
    apply.add_argument("--dry-run", action="store_true", help="change nothing, tell what would be")
    apply.add_argument("--ssh-key", type=Path, metavar="FILE", help="else the agent's")
    apply.set_defaults(do=_apply)

    first = verbs.add_parser("first-boot", help="write the files that a blank card starts with")
    first.add_argument("device", metavar="DEVICE")
    first.add_argument("--inventory", type=Path, required=True, metavar="FILE")
    first.add_argument(
        "--public-key", type=Path, required=True, metavar="FILE", help="ends in .pub"
    )
    first.add_argument("--timezone", default="Europe/Berlin", help="default: %(default)s")
    first.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="boot partition")
    first.set_defaults(do=_first_boot)

    key = verbs.add_parser("release-key", help="make the key that signs releases")
    key.add_argument("--out", type=Path, default=Path("release.key"), metavar="FILE")
    key.set_defaults(do=_release_key)

    release = verbs.add_parser("release", help="build and sign a release from this checkout")
    release.add_argument("--key", type=Path, default=Path("release.key"), metavar="FILE")
    release.add_argument("--out", type=Path, default=Path("releases"), metavar="FOLDER")
    release.add_argument(
        "--machine", default="aarch64", help="as uname -m says; default: %(default)s"
    )
    release.add_argument("--python", default="3.13", help="on the Pi; default: %(default)s")
    release.add_argument("--not-a-pi", action="store_true", help="with numpy and pygame as wheels")
    release.set_defaults(do=_release)
    return parser


def _apply(asked: argparse.Namespace) -> int:
    from provisioning.material import Sources
    from provisioning.provision import provision

    inventory = load(asked.inventory)
    devices = _chosen(inventory, asked.devices, everything=asked.all)
    if not devices:
        print(f"{PROG} apply: name devices, or say --all", file=sys.stderr)
        return 2
    sources = Sources(
        asked.inventory,
        asked.ca,
        asked.root_key,
        asked.release,
        asked.release_key,
        asked.trust_list,
        asked.older,
    )
    outcomes = [
        provision(inventory, device, sources, asked.ssh_key, say=print, dry=asked.dry_run)
        for device in devices
    ]
    print(table(outcomes))
    return 0 if all(outcome.well for outcome in outcomes) else 1


def _chosen(inventory: Inventory, names: Sequence[str], *, everything: bool) -> list[Device]:
    if everything:
        # A satellite wants a bus to go to.
        return sorted(inventory.devices, key=lambda device: not device.has_bus)
    known = {device.id: device for device in inventory.devices}
    if unknown := [name for name in names if name not in known]:
        raise LobbyError(f"the inventory has no {', '.join(unknown)}; it has {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def table(outcomes: Sequence[Outcome]) -> str:
    """Give what became of each device, a line each."""
    rows = [("DEVICE", "CHANGES", "DOCTOR", "")]
    rows += [
        (each.device, str(each.changes), each.doctor, each.sentence or each.owed)
        for each in outcomes
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join(
            (*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3])
        ).rstrip()
        for row in rows
    )


def _first_boot(asked: argparse.Namespace) -> int:
    from provisioning.first_boot import FirstBootError, files, write

    inventory = load(asked.inventory)
    (device,) = _chosen(inventory, [asked.device], everything=False)
    try:
        key = asked.public_key.read_text("utf-8")
    except OSError as error:
        raise FirstBootError(f"cannot read {asked.public_key}: {error.strerror}") from error
    made = files(device, inventory.care.user, key, asked.timezone)
    write(made, asked.out)
    print(f"wrote {', '.join(made)} to {asked.out}")
    return 0


def _release_key(asked: argparse.Namespace) -> int:
    from provisioning.release import new_key

    print(f"made {asked.out}, for yourself alone, and {new_key(asked.out)}, for every Pi")
    return 0


def _release(asked: argparse.Namespace) -> int:
    from provisioning.material import ROOT
    from provisioning.release import Target, build

    target = Target(asked.machine, asked.python, pi=not asked.not_a_pi)
    built = build(ROOT, asked.out, asked.key, target)
    print(f"{built.folder}: release {built.version}, {len(built.sums)} files, for {built.machine}")
    return 0
