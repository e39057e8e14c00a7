"""What a Python source names, read without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a source imports.

    Args:
        module: The module imported, or imported from, absolute.
        name: What is taken from it; None when the module itself is imported.
        line: Where, counted from 1.
        lazy: Inside a function.
    """

    module: str
    name: str | None
    line: int
    lazy: bool

    @property
    def path(self) -> list[str]:
        """Its dotted path in pieces, the name taken included."""
        return self.module.split(".") + ([self.name] if self.name else [])


def imports(source: str, package: str) -> Iterator[Import]:
    """Give all imports of a source, wherever they stand.

    Args:
        source: Its text.
        package: The package it lies in: what a leading dot means.
    """
    todo: list[tuple[ast.AST, bool]] = [(ast.parse(source), False)]
    while todo:
        node, lazy = todo.pop()
        match node:
            case ast.Import():
                for alias in node.names:
                    yield Import(alias.name, None, node.lineno, lazy)
            case ast.ImportFrom():
                module = _absolute(node, package)
                for alias in node.names:
                    yield Import(module, alias.name, node.lineno, lazy)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(module, None, node.lineno, lazy)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                lazy = True
        todo += [(child, lazy) for child in ast.iter_child_nodes(node)]


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    above = package.split(".")[: len(package.split(".")) + 1 - node.level]
    return ".".join([*above, *([node.module] if node.module else [])])


def concrete_drivers(sources: Iterable[str]) -> set[str]:
    """Give the names in the drivers' sources that are drivers, not what is said about them.

    That is every class that has all methods of one of the protocols there, and every function that
    answers with one. Protocols, errors, data and helpers are not.
    """
    nodes = [node for source in sources for node in ast.parse(source).body]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    promises = {node.name: _methods(node) for node in classes if _is_protocol(node)}
    drivers = {
        node.name
        for node in classes
        if not _is_protocol(node)
        and any(promised <= _methods(node) for promised in promises.values())
    }
    makers = {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef)
        if node.returns and ast.unparse(node.returns) in drivers | set(promises)
    }
    return drivers | makers


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).partition("[")[0].endswith("Protocol") for base in node.bases)


def _methods(node: ast.ClassDef) -> set[str]:
    return {
        part.name
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        if not part.name.startswith("_")
    }
