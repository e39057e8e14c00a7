"""The workshop: what is installed is pinned, what ships is ours alone, what is said is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parent.parent
SCRIPTS: Final = sorted([*(ROOT / "script").iterdir(), ROOT / ".ci" / "run"])
OURS: Final = {"lobby-appliance", "lobby-central", "lobby-demo"}


def pins() -> dict[str, str]:
    """Give package → version from constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line.partition("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in pinned}


def asked_for() -> set[Requirement]:
    """Give what our distributions and our tools ask for, directly."""
    ours = [ROOT / folder / "pyproject.toml" for folder in ("", "central", "demo")]
    projects = [tomllib.loads(path.read_text("utf-8")) for path in ours]
    texts = [text for project in projects for text in project["project"]["dependencies"]]
    texts += projects[0]["dependency-groups"]["dev"]
    return {Requirement(text) for text in texts}


def needed(name: str, seen: set[str]) -> set[str]:
    """Add to `seen` a package and, on this machine, all that it needs in turn."""
    if name not in seen:
        seen.add(name)
        for text in metadata.requires(name) or []:
            requirement = Requirement(text)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                needed(canonicalize_name(requirement.name), seen)
    return seen


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", script], check=True)


def test_a_python_that_does_not_suit_is_refused_by_name() -> None:
    done = subprocess.run(
        [ROOT / "script" / "setup"],
        env={**os.environ, "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "setup: /bin/false is not a Python 3.11 to 3.13.\n"


def test_every_pin_fits_what_is_asked_for() -> None:
    pinned = pins()
    outside = [
        str(requirement)
        for requirement in asked_for()
        if requirement.name not in OURS
        if pinned.get(canonicalize_name(requirement.name), "none") not in requirement.specifier
    ]
    assert outside == []


def test_nothing_is_installed_unpinned() -> None:
    everything: set[str] = set()
    for requirement in asked_for():
        needed(canonicalize_name(requirement.name), everything)
    assert everything - OURS - pins().keys() == set()


def test_the_wheel_for_a_pi_holds_the_appliance_alone(tmp_path: Path) -> None:
    # Built in a copy: a build leaves its traces beside the sources.
    checkout = tmp_path / "checkout"
    keep_out = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "demo-output")
    shutil.copytree(ROOT, checkout, ignore=keep_out)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "."],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    (wheel,) = checkout.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert {name.partition("/")[0].partition("-")[0] for name in held} == {
        "appliance",
        "lobby_appliance",
    }
    sources = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "appliance").rglob("*")
        if path.suffix in {".py", ".toml"} or (path.is_file() and "site" in path.parts)
    }
    assert {name for name in held if name.startswith("appliance/")} == sources
    assert any(name.endswith("/licenses/LICENSE") for name in held)


def typed_in_the_readme() -> list[list[str]]:
    """Give the command lines in the README's code blocks, in words."""
    blocks = re.findall(r"```(?:sh|console|shell)\n(.*?)```", readme(), re.DOTALL)
    lines = [line.partition("#")[0].split() for block in blocks for line in block.splitlines()]
    return [words for words in lines if words]


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def test_what_the_readme_says_to_type_exists() -> None:
    ours = [words for words in typed_in_the_readme() if words[0].startswith(("script/", "lobby"))]
    assert ["script/demo"] in ours
    for program, *arguments in ours:
        if program.startswith("script/"):
            assert (ROOT / program).is_file(), program
            continue
        verbs = [word for word in arguments[:1] if not word.startswith("-")]
        subprocess.run(
            [Path(sys.executable).parent / program, *verbs, "--help"],
            check=True,
            capture_output=True,
        )


def test_what_the_readme_links_to_exists() -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", readme())
    here = [target for target in targets if "://" not in target]
    assert here
    assert [target for target in here if not (ROOT / target).exists()] == []


def test_no_benchmark_is_called_like_a_module_of_python() -> None:
    # Started as a script, its folder comes first: the others would import it in place of Python's.
    assert {file.stem for file in (ROOT / "bench").glob("*.py")} & sys.stdlib_module_names == set()
