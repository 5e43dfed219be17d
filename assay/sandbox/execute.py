"""Runs a student's source, and describes an exception by the student's own lines."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import linecache
import signal
import traceback
from collections.abc import Sequence
from types import ModuleType

from assay.protocol import wire
from assay.protocol.wire import valid

CELL_SECONDS = 10.0  # for one cell of a notebook
SHOWN_LINES = wire.LINES  # of the student's lines, in an error


class SubmissionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the other modules of a submission from their text; real modules come first."""

    def __init__(self, modules: dict[str, str]) -> None:
        self.modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec if the submission has a module of that name."""
        package = any(name.startswith(f"{fullname}.") for name in self.modules)
        if fullname not in self.modules and not package:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=package)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's text; a folder without `__init__.py` is an empty package."""
        name = module.__name__
        run(wire.Cell(f"{name}.py", self.modules.get(name, "")), module.__dict__)


class Closed(importlib.abc.MetaPathFinder):
    """Refuses to import any more of the kit; a process that sees its files could do without."""

    def __init__(self, packages: frozenset[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Nothing; raises ModuleNotFoundError for what belongs to the kit."""
        if fullname.partition(".")[0] in self.packages:
            why = f"{fullname} belongs to the grader: a submission cannot import it"
            raise ModuleNotFoundError(why, name=fullname)


class CellTimedOut(Exception):
    """A cell of a notebook took too long."""


def attempt(cell: wire.Cell, namespace: dict[str, object], seconds: float) -> wire.Error | None:
    """Run a whole file (`seconds` is 0), or each statement of a notebook's cell; the first error.

    A cell may take `seconds`, on systems that have a timer.
    """
    timed = seconds > 0 and hasattr(signal, "setitimer")
    if timed:
        signal.signal(signal.SIGALRM, _stop_cell)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        if seconds > 0:
            return run_each(cell, namespace)
        run(cell, namespace)
    except BaseException as fault:  # noqa: BLE001 - SystemExit at import is the student's too
        return describe(fault)
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def run_each(cell: wire.Cell, namespace: dict[str, object]) -> wire.Error | None:
    """Run a cell statement by statement and skip those that fail; the first error.

    The first cell of a notebook often mounts a drive, which fails here, and then imports what all
    the others need.
    """
    first: wire.Error | None = None
    _remember(cell)
    for statement in ast.parse(cell.source, _file(cell.name)).body:
        code = compile(ast.Module([statement], []), _file(cell.name), "exec", dont_inherit=True)
        try:
            exec(code, namespace)
        except CellTimedOut:
            raise
        except BaseException as fault:  # noqa: BLE001 - student code may raise anything
            first = first or describe(fault)
    return first


def run(cell: wire.Cell, namespace: dict[str, object]) -> None:
    """Compile and run one piece of source under its own name, so that tracebacks show its lines."""
    _remember(cell)
    exec(compile(cell.source, _file(cell.name), "exec", dont_inherit=True), namespace)


def describe(fault: BaseException) -> wire.Error:
    """The type and text of an exception and the student's own lines that led to it."""
    frames = [f for f in traceback.extract_tb(fault.__traceback__) if f.filename.startswith("<")]
    lines = [f"{f.filename[1:-1]}, line {f.lineno}: {f.line}" for f in frames if f.line]
    if isinstance(fault, SyntaxError) and fault.filename:
        where = f"{fault.filename.strip('<>')}, line {fault.lineno}: {(fault.text or '').strip()}"
        lines = [*lines, where]
    try:
        text = str(fault.msg if isinstance(fault, SyntaxError) else fault)
    except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    if isinstance(fault, ImportError) and fault.path:
        text = text.replace(f" ({fault.path})", "")
    return wire.Error(
        valid(type(fault).__name__, wire.NAME_LIMIT),
        valid(text),
        tuple(map(valid, lines[-SHOWN_LINES:])),
    )


def _stop_cell(*_: object) -> None:
    raise CellTimedOut(f"the cell took more than {CELL_SECONDS:g} s")


def _remember(cell: wire.Cell) -> None:
    """Let tracebacks show the cell's lines."""
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[_file(cell.name)] = (len(cell.source), None, lines, _file(cell.name))


def _file(name: str) -> str:
    return f"<{name}>"
