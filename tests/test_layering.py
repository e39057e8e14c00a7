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
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).parent.parent

NOTHING: Final = frozenset[str]()
GROUND: Final = frozenset({"config", "errors", "files", "paper", "strings"})
STORE: Final = GROUND | {"line", "checkin", "journal"}
PARTS: Final = STORE | {"bus", "drivers", "display"}
# What the desk is made of, beside its loop: each can be understood without the others.
DESK_PARTS: Final = frozenset(
    {
        "agenda",
        "agenda_sheets",
        "alarms",
        "answering",
        "daybooks",
        "entrance",
        "following",
        "forecasting",
        "from_issuer",
        "keeper",
        "numbering",
        "parts",
        "printing",
        "publishing",
        "reception",
        "slips",
        "surroundings",
        "uplink",
        "upkeep",
        "wording",
    }
)
PROCESSES: Final = frozenset({"desk", "forecaster", "scanner", "screen"})

# Part of the appliance → the other parts that it may know. A new part may know nothing until it
# has a line here.
MAY_KNOW: Final = {
    "__init__": NOTHING,
    "config": NOTHING,
    "errors": NOTHING,
    "files": NOTHING,
    "paper": NOTHING,
    "strings": NOTHING,
    "line": NOTHING,
    "checkin": GROUND | {"line"},
    "journal": GROUND | {"line", "checkin"},
    "bus": STORE,
    "drivers": STORE,
    "display": STORE | {"bus"},
    "agenda": PARTS | {"agenda_sheets", "parts"},
    "agenda_sheets": PARTS,
    "alarms": PARTS,
    "printing": PARTS,
    "numbering": PARTS | {"surroundings"},
    "following": PARTS | {"forecasting", "surroundings"},
    "publishing": PARTS | {"alarms", "following", "forecasting", "parts", "surroundings"},
    "parts": frozenset({"line"}),
    "daybooks": PARTS | {"parts"},
    "keeper": PARTS | {"printing", "publishing", "surroundings"},
    "entrance": PARTS | {"keeper", "publishing", "surroundings"},
    "answering": PARTS | {"entrance", "keeper", "surroundings"},
    "wording": GROUND | {"line", "checkin", "forecasting"},
    "upkeep": PARTS,
    "uplink": PARTS | {"parts"},
    "reception": PARTS | {"daybooks", "parts"},
    "from_issuer": PARTS | {"daybooks", "parts", "reception"},
    "slips": PARTS | {"forecasting"},
    "cli_agenda": PARTS | {"agenda_sheets", "daybooks"},
    "cli_arguments": NOTHING,
    "cli_bus": NOTHING,
    "cli_journal": frozenset({"cli_arguments"}),
    "console": GROUND | {"line", "bus", "cli_bus"},
    "explaining": GROUND | {"line"},
    "fallback": GROUND | {"display"},
    "forecasting": GROUND,
    "forecaster": PARTS | {"daybooks", "forecasting", "learned"},
    "journal_verbs": GROUND | {"line", "journal"},
    "learned": GROUND | {"line"},
    "surroundings": PARTS | {"forecasting", "parts", "printing", "uplink", "wording"},
    "desk": PARTS | DESK_PARTS,
    "scanner": PARTS,
    "screen": PARTS,
    "replay": GROUND | {"line", "checkin"},
    "running": GROUND,
    "whatif": GROUND | {"cli_arguments", "line", "journal"},
    "wiring": PARTS | DESK_PARTS | PROCESSES,
    "cli": PARTS
    | DESK_PARTS
    | PROCESSES
    | {"cli_bus", "console"}
    | {"cli_agenda", "cli_arguments", "cli_journal", "explaining", "journal_verbs", "replay"}
    | {"fallback", "running", "whatif", "wiring"},
}
# What ships apart from it → the parts of the appliance that it may know.
OTHERS_MAY_KNOW: Final = {
    "central": GROUND | {"line", "checkin", "bus"},
    "demo": frozenset(MAY_KNOW),
}

# A library → the parts that may name it. Everything else runs, and is tested, without it.
HOMES: Final = {
    "PIL": {"display", "drivers"},
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
        "agenda",
        "agenda_sheets",
        "bus",
        "forecaster",
        "forecasting",
        "journal",
        "learned",
        "replay",
    },
    "numpy": {"line", "drivers", "scanner"},
    "paho": {"bus"},
    "picamera2": {"drivers"},
    "pygame": {"display", "drivers", "screen"},
    "pyzbar": {"drivers"},
    "qrcode": {"drivers"},
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
    top, target = [*found.path, "__init__"][:2]
    if top == "appliance":
        if target not in may_know(home, part) | {"__init__", "__version__"}:
            yield f"{home}.{part} may not know appliance.{target}"
        elif target == "drivers" and home == "appliance" and part not in {"drivers", "wiring"}:
            yield from concrete(part, found, tree)
    elif top in OTHERS_MAY_KNOW:
        if home == "appliance" or (home, top) == ("central", "demo"):
            yield f"{home} may not know {top}"
    elif home == "appliance" and top not in sys.stdlib_module_names:
        if part not in HOMES.get(top, set()):
            yield f"{part} may not know the library {top}; it may: {sorted(HOMES.get(top, []))}"
    elif part == "line" and top in NOT_PURE:
        yield f"line is pure and may not know {top}"


def whose(path: str) -> tuple[str, str]:
    """Tell of a source which distribution and which part of it it is."""
    pieces = Path(path).with_suffix("").parts
    return pieces[0], pieces[1]


def may_know(home: str, part: str) -> frozenset[str]:
    """Give the parts of the appliance that a source may name, its own part included."""
    return OTHERS_MAY_KNOW[home] if home != "appliance" else MAY_KNOW.get(part, NOTHING) | {part}


def concrete(part: str, found: Import, tree: Mapping[str, str]) -> Iterator[str]:
    """Keep concrete drivers to `wiring`; a verb of `cli` may borrow one while it runs."""
    if part == "cli" and found.lazy:
        return
    drivers = [text for path, text in tree.items() if path.startswith("appliance/drivers/")]
    whole_module = f"{'/'.join(found.path)}.py" in tree or found.name in {None, "*"}
    if whole_module or found.name in concrete_drivers(drivers):
        yield f"only wiring may know {'.'.join(found.path)}: all others know contracts"


def test_no_arrow_points_back() -> None:
    assert violations(sources()) == []


def test_every_part_is_looked_at() -> None:
    looked_at = {whose(path)[1] for path in sources() if path.startswith("appliance/")}
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
        ("appliance/desk.py", "import central.issuer", "appliance may not know central"),
        (
            "appliance/desk.py",
            "import importlib\nimportlib.import_module('demo')",
            "may not know demo",
        ),
        (
            "appliance/desk.py",
            "from apsw import Connection",
            "desk may not know the library apsw; it may: ",
        ),
        (
            "appliance/desk.py",
            "import unheard_of",
            "desk may not know the library unheard_of; it may: []",
        ),
        (
            "appliance/desk.py",
            "from appliance.drivers.camera import Folder",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/desk.py",
            "from appliance.drivers import camera",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/desk.py",
            "import appliance.drivers.camera",
            "only wiring may know appliance.drivers.camera",
        ),
        (
            "appliance/cli.py",
            "from appliance.drivers.camera import Folder",
            "only wiring may know appliance.drivers.camera",
        ),
        ("appliance/novelty.py", "import appliance.paper", "novelty may not know appliance.paper"),
        ("central/issuer.py", "import appliance.journal", "may not know appliance.journal"),
        ("central/issuer.py", "import demo", "central may not know demo"),
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
        ("appliance/desk.py", "from appliance.drivers.camera import Camera, Frame, Luma"),
        ("appliance/desk.py", "from appliance.drivers.camera import CameraGone, Gate, shrink"),
        ("appliance/wiring.py", "from appliance.drivers.camera import Folder, open_folder"),
        ("appliance/cli.py", "def decode():\n from appliance.drivers.camera import Folder"),
        ("appliance/display/board.py", "from appliance.bus.messages.shown import Board"),
        ("appliance/line/wait.py", "import math\nimport numpy as np\nfrom .model import Rank"),
        ("central/issuer.py", "import cbor2\nfrom appliance.checkin import code"),
        ("demo/play.py", "import central\nfrom appliance.drivers.camera import Folder"),
    ],
)
def test_what_is_allowed_passes(path: str, text: str) -> None:
    assert violations({"appliance/drivers/camera.py": CAMERA, path: text}) == []
