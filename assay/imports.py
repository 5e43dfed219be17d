"""Which files of a package a module is made of, and which part of a file some names need."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

_FUTURE = "from __future__"  # what every excerpt keeps


def imported_by(module: str, folder: Path, package: str, source: str | None = None) -> list[Path]:
    """The file of a module, and those of its package that it imports, in any depth.

    Args:
        module: its name within the package, for example "sandbox.child".
        folder: where the package lies.
        package: its name, for absolute imports.
        source: what stands in the file's place, which is then not among those that are given.
    """
    found: list[Path] = []
    waiting = [tuple(module.split("."))] if source is None else []
    for node in _run(ast.parse(source or "")):
        waiting += _names(node, tuple(module.split(".")[:-1]), package)
    while waiting:
        parts = waiting.pop()
        waiting += [parts[:-1]] if parts else []
        stem = folder.joinpath(*parts)
        for path in (stem.with_suffix(".py") if parts else stem, stem / "__init__.py"):
            if path.suffix == ".py" and path.is_file() and path not in found:
                found.append(path)
                home = path.parent.relative_to(folder).parts
                for node in _imports_in(path):
                    waiting += _names(node, home, package)
    return found


def excerpt(source: str, root: str) -> str:
    """The statements of a module that define `root`, that use it as a decorator, and all they need.

    Of an import only the names that are needed are kept.
    """
    body = list(_run_at_once(ast.parse(source)))
    return _with_needs(body, [n for n in body if root in _defines(n) or root in _decorators(n)])


def undecorated(source: str, roots: Collection[str]) -> str:
    """The statements of a module that define these names, and all they need, without decorators."""
    body = list(_run_at_once(ast.parse(source)))
    for node in body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return _with_needs(body, [n for n in body if not _defines(n).isdisjoint(roots)])


def _with_needs(body: list[ast.stmt], kept: list[ast.stmt]) -> str:
    """Some statements of a module and all that they need, as text."""
    needed: set[str] = set()
    while needed != (now := {name for node in kept for name in _used(node)}):
        needed = now
        kept = [node for node in body if node in kept or needed & _defines(node)]
    for node in kept:
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [a for a in node.names if _bound(a) in needed] or node.names
    return ast.unparse(ast.Module(kept, []))


def _run_at_once(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module without its docstring and what only a type checker reads."""
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not _is_for_types(node):
            yield node


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        return {_FUTURE} if is_future else {_bound(alias) for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


def _decorators(node: ast.stmt) -> set[str]:
    listed = getattr(node, "decorator_list", [])
    return {n.id for each in listed for n in ast.walk(each) if isinstance(n, ast.Name)}


def _used(node: ast.stmt) -> set[str]:
    """The names that a statement reads; those that a function binds are its own."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    return {n.id for n in names} - (bound if isinstance(node, ast.FunctionDef) else set()) | {
        _FUTURE
    }


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement but what only a type checker reads; an import stands in no expression."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for node in getattr(tree, name, ()):
            if not _is_for_types(node):
                yield node
                yield from _run(node)


@cache
def _imports_in(path: Path) -> tuple[ast.AST, ...]:
    """The import statements of a file, wherever they stand in it."""
    nodes = _run(ast.parse(path.read_text("utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


def _is_for_types(node: ast.AST) -> bool:
    """Whether a node is `if TYPE_CHECKING:`."""
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


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
