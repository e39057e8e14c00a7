"""Which of the tests that are written would never run.

A file or a class that no runner collects looks like a test for years.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def uncollected(folder: Path, collected: set[tuple[Path, str]]) -> list[str]:
    """Name the tests written under `folder` that are not among the collected ones.

    Args:
        folder: Where tests are.
        collected: File and function name of each collected test.
    """
    lost = []
    files = {path for path, _ in collected}
    for path in sorted(folder.rglob("*.py")):
        written = {(path, name) for name in written_tests(path.read_text("utf-8"))}
        is_test_file = path.name.startswith("test_")
        if written and not is_test_file:
            lost.append(f"{path}: holds tests, but its name does not begin with test_")
        elif is_test_file and path not in files and not written:
            lost.append(f"{path}: holds no test")
        else:
            lost += [f"{path}: {name} is not collected" for _, name in sorted(written - collected)]
    return lost


def written_tests(source: str) -> set[str]:
    """Give the names of the test functions in a file, and in its classes."""
    found = set()
    bodies = [ast.parse(source).body]
    while bodies:
        for node in bodies.pop():
            if isinstance(node, ast.ClassDef):
                bodies.append(node.body)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {node.name} if node.name.startswith("test") else set()
    return found
