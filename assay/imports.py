"""Which files of a package a module is made of: its own, and those that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def imported_by(module: str, folder: Path, package: str) -> list[Path]:
    """The file of a module, and those of its package that it imports, in any depth.

    Args:
        module: its name within the package, for example "sandbox.child".
        folder: where the package lies.
        package: its name, for absolute imports.
    """
    found: list[Path] = []
    waiting = [tuple(module.split("."))]
    while waiting:
        parts = waiting.pop()
        waiting += [parts[:-1]] if parts else []
        stem = folder.joinpath(*parts)
        for path in (stem.with_suffix(".py") if parts else stem, stem / "__init__.py"):
            if path.suffix == ".py" and path.is_file() and path not in found:
                found.append(path)
                home = path.parent.relative_to(folder).parts
                for node in _run(ast.parse(path.read_text("utf-8"))):
                    waiting += _names(node, home, package)
    return found


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from _run(node)


def _names(node: ast.AST, home: tuple[str, ...], package: str) -> Iterator[tuple[str, ...]]:
    """What an import statement in the folder `home` may import of the package."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        start = [package, *home[: len(home) + 1 - node.level]] if node.level else []
        whole = ".".join(filter(None, [*start, node.module]))
        names = [f"{whole}.{alias.name}" for alias in node.names]
    for name in names:
        top, *parts = name.split(".")
        if top == package:
            yield tuple(parts)
