"""Who may know whom, read from the sources: the arrows of the architecture never point back.

An import counts wherever it stands, inside a function or under `TYPE_CHECKING` too: what a module
names, it knows.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.imports import Import, concrete_drivers, imports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).parent.parent

NOTHING: Final = frozenset[str]()
GROUND: Final = frozenset(
    {
        "config",
        "errors",
        "files",
        "findings",
        "mailbox",
        "paper",
        "service_manager",
        "small_counts",
        "strings",
    }
)
STORE: Final = GROUND | {"line", "checkin", "journal"}
PARTS: Final = STORE | {"bus", "drivers", "display"}
# What the desk is made of, beside its loop: each can be understood without the others.
DESK_PARTS: Final = frozenset(
    {
        "desk.agenda",
        "desk.agenda_sheets",
        "desk.alarms",
        "desk.answering",
        "desk.beside",
        "desk.daybooks",
        "desk.entrance",
        "desk.following",
        "desk.forecasting",
        "desk.from_issuer",
        "desk.health",
        "desk.keeper",
        "desk.look_ups",
        "desk.met",
        "desk.numbering",
        "desk.panel",
        "desk.parts",
        "desk.printing",
        "desk.publishing",
        "desk.reception",
        "desk.ring",
        "desk.slips",
        "desk.surroundings",
        "desk.uplink",
        "desk.upkeep",
        "desk.visitors",
        "desk.walk_ins",
        "desk.wording",
    }
)
# Packages of which each module is a part of its own.
SEVERAL: Final = frozenset({"board", "desk", "kiosk", "tools"})
PROCESSES: Final = frozenset(
    {"desk.loop", "desk.forecaster", "scanner", "board.screen", "kiosk.screen"}
)
# What the kiosk is made of, beside its loop: a visit, and what becomes of it, without any device.
KIOSK_PARTS: Final = frozenset(
    {"kiosk.hall", "kiosk.keys", "kiosk.manners", "kiosk.offer", "kiosk.views", "kiosk.visit"}
)

# Part of the appliance → the other parts that it may know. A new part may know nothing until it
# has a line here.
MAY_KNOW: Final = {
    "__init__": NOTHING,
    "board.__init__": NOTHING,
    "desk.__init__": NOTHING,
    "kiosk.__init__": NOTHING,
    "tools.__init__": NOTHING,
    "config": NOTHING,
    "errors": NOTHING,
    "files": NOTHING,
    "findings": NOTHING,
    "paper": NOTHING,
    "service_manager": NOTHING,
    "mailbox": NOTHING,
    "small_counts": NOTHING,
    "strings": NOTHING,
    "line": NOTHING,
    "checkin": GROUND | {"line"},
    "journal": GROUND | {"line", "checkin"},
    "bus": STORE,
    "drivers": STORE,
    "display": STORE | {"bus"},
    "desk.agenda": PARTS | {"desk.agenda_sheets", "desk.parts"},
    "desk.agenda_sheets": PARTS,
    "desk.alarms": PARTS,
    "desk.beside": PARTS | {"desk.alarms", "desk.parts"},
    "desk.health": PARTS | {"desk.alarms", "desk.beside", "desk.parts"},
    "desk.printing": PARTS,
    "desk.numbering": PARTS | {"desk.surroundings"},
    "desk.panel": frozenset({"line", "desk.parts"}),
    "desk.following": PARTS | {"desk.forecasting", "desk.surroundings"},
    "desk.publishing": PARTS
    | {"desk.alarms", "desk.following", "desk.forecasting", "desk.parts", "desk.surroundings"},
    "pages": GROUND,
    "desk.parts": frozenset({"line"}),
    "board.announcing": PARTS,
    "board.resting": GROUND | {"display", "drivers"},
    "board.spoken": GROUND | {"drivers"},
    "board.voice": GROUND | {"board.announcing", "drivers", "board.spoken"},
    "desk.ring": frozenset({"drivers", "line", "desk.parts"}),
    "desk.daybooks": PARTS | {"desk.parts"},
    "desk.keeper": PARTS | {"desk.printing", "desk.publishing", "desk.surroundings"},
    "desk.met": PARTS | {"desk.publishing"},
    "desk.visitors": GROUND | {"desk.keeper", "desk.wording"},
    "desk.entrance": PARTS
    | {"desk.keeper", "desk.met", "desk.publishing", "desk.surroundings"}
    | {"desk.visitors", "desk.wording"},
    "desk.walk_ins": PARTS
    | {"desk.keeper", "desk.met", "desk.publishing", "desk.surroundings", "desk.visitors"},
    "desk.answering": PARTS
    | {"desk.entrance", "desk.keeper", "desk.look_ups", "desk.surroundings"}
    | {"desk.visitors", "desk.walk_ins"},
    "desk.look_ups": PARTS | {"desk.agenda_sheets", "desk.surroundings"},
    "desk.wording": GROUND | {"line", "checkin", "desk.forecasting"},
    "desk.upkeep": PARTS,
    "desk.uplink": PARTS | {"desk.parts"},
    "desk.reception": PARTS | {"desk.daybooks", "desk.parts"},
    "desk.from_issuer": PARTS | {"desk.daybooks", "desk.parts", "desk.reception"},
    "desk.slips": PARTS | {"desk.forecasting"},
    "board.slide_folder": GROUND | {"display"},
    "board.slides_fetch": GROUND | {"display", "board.slide_folder"},
    "console": GROUND | {"line", "bus"},
    "doctor": PARTS | {"console", "desk.health"},
    "desk.forecasting": GROUND,
    "desk.forecaster": PARTS | {"desk.daybooks", "desk.forecasting", "desk.learned"},
    "desk.learned": GROUND | {"line"},
    "support": PARTS | {"console", "doctor"},
    "desk.surroundings": PARTS
    | {
        "desk.forecasting",
        "desk.panel",
        "desk.parts",
        "desk.printing",
        "desk.uplink",
        "desk.wording",
    },
    "desk.loop": PARTS | DESK_PARTS,
    "scanner": PARTS,
    "board.screen": PARTS,
    "kiosk.offer": NOTHING,
    "kiosk.keys": frozenset({"display"}),
    "kiosk.hall": frozenset({"bus", "display"}),
    "kiosk.visit": frozenset({"bus", "display"}),
    "kiosk.manners": frozenset({"bus", "checkin", "display", "line", "kiosk.offer", "kiosk.visit"}),
    "kiosk.views": frozenset({"display", "kiosk.hall", "kiosk.manners", "kiosk.visit"}),
    "kiosk.layers": frozenset({"display", "drivers"}),
    "kiosk.screen": PARTS | KIOSK_PARTS | {"board.screen", "kiosk.layers"},
    "tools.aim": PARTS | {"tools.aiming"},
    "tools.aiming": PARTS,
    "tools.clips": GROUND | {"board.announcing", "drivers"},
    "tools.explaining": GROUND | {"line"},
    "tools.fallback": GROUND | {"display"},
    "tools.journal": GROUND | {"line", "journal"},
    "tools.replay": GROUND | {"line", "checkin"},
    "running": GROUND,
    "whatif": GROUND | {"line", "journal"},
    "wiring": PARTS
    | DESK_PARTS
    | PROCESSES
    | KIOSK_PARTS
    | {
        "board.announcing",
        "board.resting",
        "doctor",
        "kiosk.layers",
        "board.slide_folder",
        "board.spoken",
        "board.voice",
        "tools.aiming",
        "tools.clips",
    },
    "verbs": PARTS
    | {"board.slide_folder", "board.slides_fetch", "desk.agenda_sheets", "desk.daybooks"}
    | {"console", "doctor", "pages", "running", "support", "whatif", "wiring"}
    | {f"tools.{tool}" for tool in ("aim", "clips", "explaining", "fallback", "journal", "replay")},
    "cli": frozenset({"verbs"}),
}
# What ships apart from it → the parts of the appliance that it may know.
OTHERS_MAY_KNOW: Final = {
    "central": GROUND | {"line", "checkin", "bus", "pages"},
    "demo": frozenset(MAY_KNOW),
    "provisioning": GROUND | {"bus"},
}

STRANGERS: Final = frozenset(
    {("central", "demo"), ("central", "provisioning"), ("demo", "provisioning")}
)

# A library → the parts that may name it. Everything else runs, and is tested, without it.
HOMES: Final = {
    "PIL": {"display", "drivers", "kiosk.layers"},
    "apsw": {"journal"},
    "av": {"drivers"},
    "base45": {"checkin"},
    "cbor2": {"checkin"},
    "cryptography": {"bus", "checkin"},
    "escpos": {"drivers"},
    "gpiozero": {"drivers"},
    "lgpio": {"drivers"},
    "libcamera": {"drivers"},
    "msgspec": {
        "board.announcing",
        "board.screen",
        "bus",
        "config",
        "desk.agenda",
        "desk.agenda_sheets",
        "desk.forecaster",
        "desk.forecasting",
        "desk.learned",
        "display",
        "journal",
        "kiosk.hall",
        "kiosk.manners",
        "kiosk.offer",
        "kiosk.views",
        "kiosk.visit",
        "strings",
        "support",
        "tools.replay",
    },
    "numpy": {"line", "drivers", "scanner"},
    "paho": {"bus"},
    "picamera2": {"drivers"},
    "pygame": {"display", "drivers", "board.screen"},
    "pyzbar": {"drivers"},
    "qrcode": {"display", "drivers"},
    "requests": {"board.slides_fetch"},
    "zxingcpp": {"drivers"},
}

# The line has no clock, no files, no threads and no chance of its own: they are arguments.
NOT_PURE: Final = frozenset(
    {
        "asyncio",
        "io",
        "multiprocessing",
        "os",
        "pathlib",
        "queue",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    }
)
ASKS_THE_WORLD: Final = frozenset({"now", "today", "utcnow", "open", "print", "input"})


def sources() -> dict[str, str]:
    """Give path → text of all sources that the rules speak of."""
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for package in ("appliance", *OTHERS_MAY_KNOW)
        for path in sorted((ROOT / package).rglob("*.py"))
        if "build" not in path.relative_to(ROOT).parts
    }


def violations(tree: Mapping[str, str]) -> list[str]:
    """Name every import that the rules do not allow.

    Args:
        tree: Path below the checkout → text of the source.
    """
    return [
        f"{path}:{found.line}: {complaint}"
        for path, text in tree.items()
        for found in imports(text, ".".join(Path(path).parent.parts))
        for complaint in complaints(path, found, tree)
    ]


def complaints(path: str, found: Import, tree: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with one import, if anything is."""
    home, part = whose(path)
    top, target = found.path[0], named([*found.path[1:], "__init__", "__init__"])
    if top == "appliance":
        if target not in may_know(home, part) | {
            "__init__",
            "__version__",
            "board.__init__",
            "desk.__init__",
        }:
            yield f"{home}.{part} may not know appliance.{target}"
        elif target == "drivers" and home == "appliance" and part not in {"drivers", "wiring"}:
            yield from concrete(part, found, tree)
    elif top in OTHERS_MAY_KNOW:
        if home == "appliance" or (home, top) in STRANGERS:
            yield f"{home} may not know {top}"
    elif home == "appliance" and top not in sys.stdlib_module_names:
        if part not in HOMES.get(top, set()):
            yield f"{part} may not know the library {top}; it may: {sorted(HOMES.get(top, []))}"
    elif part == "line" and top in NOT_PURE:
        yield f"line is pure and may not know {top}"


def whose(path: str) -> tuple[str, str]:
    """Tell of a source which distribution and which part of it it is."""
    pieces = Path(path).with_suffix("").parts
    return pieces[0], named([*pieces[1:], "__init__"])


def named(pieces: Sequence[str]) -> str:
    """Give the name of a part: in a package of several, with that before it."""
    return ".".join(pieces[:2]) if pieces[0] in SEVERAL else pieces[0]


def may_know(home: str, part: str) -> frozenset[str]:
    """Give the parts of the appliance that a source may name, its own part included."""
    return OTHERS_MAY_KNOW[home] if home != "appliance" else MAY_KNOW.get(part, NOTHING) | {part}


def concrete(part: str, found: Import, tree: Mapping[str, str]) -> Iterator[str]:
    """Keep concrete drivers to `wiring`; a verb of the command may borrow one while it runs."""
    if part == "verbs" and found.lazy:
        return
    drivers = [text for path, text in tree.items() if path.startswith("appliance/drivers/")]
    whole_module = f"{'/'.join(found.path)}.py" in tree or found.name in {None, "*"}
    if whole_module or found.name in concrete_drivers(drivers):
        yield f"only wiring may know {'.'.join(found.path)}: all others know contracts"


def test_no_arrow_points_back() -> None:
    assert violations(sources()) == []


def test_every_part_is_looked_at() -> None:
    looked_at = {
        whose(path)[1].partition(".")[0] for path in sources() if path.startswith("appliance/")
    }
    there = {p.stem for p in (ROOT / "appliance").iterdir() if p.suffix == ".py" or p.is_dir()}
    assert there - looked_at - {"__pycache__", "examples"} == set()


def test_the_line_asks_the_world_nothing() -> None:
    asked = [
        f"{path}:{node.lineno}: {ast.unparse(node.func)}()"
        for path, text in sources().items()
        if whose(path) == ("appliance", "line")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        if ast.unparse(node.func).rpartition(".")[2] in ASKS_THE_WORLD
    ]
    assert asked == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("appliance/line/rules.py", "import appliance.paper", "line may not know appliance.paper"),
        (
            "appliance/line/rules.py",
            "from appliance import paper",
            "line may not know appliance.paper",
        ),
        ("appliance/line/rules.py", "from .. import paper", "line may not know appliance.paper"),
        ("appliance/line/rules.py", "from ..paper import Cut", "line may not know appliance.paper"),
        ("appliance/line/rules.py", "import time", "line is pure and may not know time"),
        ("appliance/line/rules.py", "import msgspec", "line may not know the library msgspec; "),
        (
            "appliance/paper.py",
            "from appliance.strings import texts",
            "paper may not know appliance.strings",
        ),
        (
            "appliance/checkin/code.py",
            "def f():\n import appliance.journal",
            "checkin may not know appliance.journal",
        ),
        (
            "appliance/display/slip.py",
            "if TYPE_CHECKING:\n from appliance import drivers",
            "display may not know appliance.drivers",
        ),
        (
            "appliance/drivers/camera.py",
            "from appliance.display.slip import x",
            "drivers may not know appliance.display",
        ),
        ("appliance/wiring.py", "import appliance.cli", "wiring may not know appliance.cli"),
        (
            "appliance/desk/loop.py",
            "import central.bookings.issuer",
            "appliance may not know central",
        ),
        (
            "appliance/desk/loop.py",
            "import importlib\nimportlib.import_module('demo')",
            "may not know demo",
        ),
        (
            "appliance/desk/loop.py",
            "from apsw import Connection",
            "desk.loop may not know the library apsw; it may: ",
        ),
        (
            "appliance/desk/loop.py",
            "import unheard_of",
            "desk.loop may not know the library unheard_of; it may: []",
        ),
        (
            "appliance/desk/loop.py",
            "from appliance.drivers.camera import Folder",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/desk/loop.py",
            "from appliance.drivers import camera",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/desk/loop.py",
            "import appliance.drivers.camera",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/verbs/codes.py",
            "from appliance.drivers.camera import Folder",
            "only wiring may know appliance.drivers.camera",
        ),
        ("appliance/novelty.py", "import appliance.paper", "novelty may not know appliance.paper"),
        (
            "central/bookings/issuer.py",
            "import appliance.journal",
            "may not know appliance.journal",
        ),
        ("central/bookings/issuer.py", "import demo", "central may not know demo"),
    ],
)
def test_a_planted_violation_is_found(path: str, text: str, complaint: str) -> None:
    (found,) = violations({"appliance/drivers/camera.py": CAMERA, path: text})
    assert complaint in found


CAMERA = """
Luma = int
class CameraGone(RuntimeError): ...
class Frame: ...
class Gate:
    def found(self): ...
class Camera(Protocol):
    def frame(self): ...
    def close(self): ...
class Folder:
    def frame(self): ...
    def close(self): ...
    def __enter__(self): ...
def open_folder() -> Camera: ...
def shrink() -> Luma: ...
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("appliance/desk/loop.py", "from appliance.drivers.camera import Camera, Frame, Luma"),
        ("appliance/desk/loop.py", "from appliance.drivers.camera import CameraGone, Gate, shrink"),
        ("appliance/wiring.py", "from appliance.drivers.camera import Folder, open_folder"),
        ("appliance/verbs/codes.py", "def decode():\n from appliance.drivers.camera import Folder"),
        ("appliance/display/board.py", "from appliance.bus.messages.shown import Board"),
        ("appliance/line/wait.py", "import math\nimport numpy as np\nfrom .model import Rank"),
        ("central/bookings/issuer.py", "import cbor2\nfrom appliance.checkin import code"),
        ("demo/play.py", "import central\nfrom appliance.drivers.camera import Folder"),
    ],
)
def test_what_is_allowed_passes(path: str, text: str) -> None:
    assert violations({"appliance/drivers/camera.py": CAMERA, path: text}) == []
