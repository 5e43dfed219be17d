"""Runs a student's sources statement by statement: what fails or takes too long is skipped."""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import importlib.abc
import importlib.machinery
import inspect
import linecache
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType

from assay.foreign import Foreign, quoted, raw
from assay.protocol import wire
from assay.protocol.libraries import LIBRARIES
from assay.protocol.wire import valid
from assay.sandbox import statements
from assay.sandbox.explain import describe
from assay.sandbox.limits import (
    FILE_SECONDS,
    IMPORT_SECONDS,
    SHORT_SECONDS,
    STATEMENT_SECONDS,
    WAITING,
    CutOff,
    importer,
    limited,
    too_slow,
)
from assay.sandbox.statements import Broken

_FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_ANNOTATIONS = __future__.annotations.compiler_flag
_ANNOTATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
# Always tried: what follows depends on them.
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)

Namespace = dict[str, object]


class Runner:
    """Runs the sources of one submission, and keeps what was skipped.

    Attributes:
        interactive: whether the sources get what IPython provides.
        passed: by place, the statements that are not to be tried.
        begun: told where each statement begins.
        bound: told the cell and line of each statement that was tried, and its namespace.
        left: seconds of processor time before each statement gets little.
        skipped: what was not run, in order.
        first: the first error.
        given: the names that each module has from the start.
        ran: how many statements ran to their end.
        loading: whether the source is still being imported; later, code runs as anywhere.
    """

    def __init__(
        self,
        *,
        interactive: bool = False,
        passed: Iterable[wire.Skipped] = (),
        begun: Callable[[str, int, int], None] = lambda *_: None,
        seconds: float = FILE_SECONDS,
        bound: Callable[[str, int, Namespace], None] = lambda *_: None,
    ) -> None:
        self.interactive, self.begun, self.bound = interactive, begun, bound
        self.passed = {each.place: each for each in passed}
        self.left = seconds
        self.skipped: list[wire.Skipped] = []
        self.first: wire.Error | None = None
        self.given: Namespace = {}
        self.ran = 0
        self.loading = True
        self._running: list[tuple[str, int, int]] = []
        self._flags: dict[int, int] = {}

    @property
    def place(self) -> str:
        """Where the statement stands that runs now."""
        cell, line, _ = self._running[-1] if self._running else ("a call", 0, 0)
        return f"{cell}, line {line}" if line else cell

    def run(self, cell: wire.Cell, namespace: Namespace) -> None:
        """Run a piece of source; once the submission is loaded, its first error is raised.

        Raises:
            SyntaxError: no statement of it parses.
        """
        remember(cell)
        pieces = statements.parse(cell)
        PROVIDED_FOR[_file(cell.name)] = statements.provided_for(pieces)
        if not self.loading:
            exec(compile(cell.source, _file(cell.name), "exec", dont_inherit=True), namespace)
            return
        for position, piece in enumerate(pieces):
            if isinstance(piece, Broken):
                self._skip_broken(cell.name, piece, namespace)
            elif not _is_remark(piece):
                self._step(cell.name, piece, namespace, last=position == len(pieces) - 1)
            elif position == 0:
                namespace["__doc__"] = ast.get_docstring(ast.Module([piece], []))

    def attempt(self, cell: wire.Cell, namespace: Namespace) -> None:
        """Run a piece of source; if no statement of it parses, it is skipped as a whole."""
        shown = namespace.get("In")
        if self.interactive and isinstance(shown, list):
            shown.append(cell.source)
        try:
            self.run(cell, namespace)
        except SyntaxError as fault:
            self._skip_broken(cell.name, Broken(fault.lineno or 1, fault, ()), namespace)

    def _skip_broken(self, cell: str, piece: Broken, namespace: Namespace) -> None:
        error = describe(piece.fault)
        self.first = self.first or error
        self._skip(cell, piece, quoted("{}: {}", error.type, error.text), namespace)

    def _step(self, cell: str, statement: ast.stmt, namespace: Namespace, *, last: bool) -> None:
        place = cell[: wire.NOTE_LIMIT], statement.lineno, statement.col_offset
        seconds = self._seconds(statement)
        if place in self.passed:
            self._skip(cell, statement, self.passed[place].why, namespace, slow=True)
            return
        if not seconds:
            self._skip(cell, statement, "the file had used up its time before", namespace)
            return
        self._running.append(place)
        self.begun(*place)
        started, cpu = time.perf_counter(), time.process_time()
        try:
            with limited(seconds):
                self._execute(cell, statement, namespace, last=last)
            self.ran += 1
        except CutOff:
            why = too_slow(interactive=self.interactive)
            self._skip(cell, statement, why, namespace, slow=True)
        except BaseException as fault:  # noqa: BLE001 - student code may raise anything
            error = describe(fault)
            self.first = self.first or error
            reason = quoted("{}: {}", error.type, error.text) if error.text else error.type
            self._skip(cell, statement, reason, namespace)
        used = max(time.process_time() - cpu, (time.perf_counter() - started) / WAITING)
        self._running.pop()
        self.bound(cell, statement.lineno, namespace)
        if self._running:
            self.begun(*self._running[-1])
        else:
            self.left -= used

    def _execute(self, cell: str, statement: ast.stmt, namespace: Namespace, *, last: bool) -> None:
        value = self.interactive and last and isinstance(statement, ast.Expr)
        try:
            self._evaluate(cell, statement, namespace, value=value)
        except (NameError, AttributeError, TypeError):
            if not isinstance(statement, _ANNOTATED):
                raise
            # Python 3.14 evaluates no annotation either: their names need not be imported.
            self._evaluate(cell, statement, namespace, value=value, once=_ANNOTATIONS)

    def _evaluate(
        self, cell: str, statement: ast.stmt, namespace: Namespace, *, value: bool, once: int = 0
    ) -> None:
        """Evaluate a statement; `once` are flags of the compiler for it alone."""
        tree = ast.Expression(statement.value) if value else ast.Module([statement], [])  # type: ignore[attr-defined]
        flags = self._flags.get(id(namespace), 0)
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if self.interactive else 0
        code = compile(
            tree, _file(cell), "eval" if value else "exec", flags | once, dont_inherit=True
        )
        self._flags[id(namespace)] = flags | code.co_flags & _FUTURE & ~once
        result = eval(code, namespace)  # noqa: S307 - that is what this process is for
        if code.co_flags & inspect.CO_COROUTINE:
            result = asyncio.run(result)
        if value and result is not None:
            _show(result, namespace)

    def _seconds(self, statement: ast.stmt) -> float:
        """How long a statement may take; 0 if it is not even tried."""
        if isinstance(statement, _DEFINITIONS):
            return IMPORT_SECONDS
        if self.left > -FILE_SECONDS:
            return max(min(STATEMENT_SECONDS, self.left), SHORT_SECONDS)
        return 0.0

    def _skip(
        self,
        cell: str,
        statement: ast.stmt | Broken,
        why: Foreign,
        namespace: Namespace,
        *,
        slow: bool = False,
    ) -> None:
        names = statement.names if isinstance(statement, Broken) else statements.bound(statement)
        kept = tuple(islice(dict.fromkeys(names), wire.NAMES))
        if isinstance(statement, (*_DEFINITIONS[:3], Broken)):
            # An earlier definition of that name is not what the student wants graded.
            for name in kept:
                namespace.pop(name, None)
        line, column = statement.lineno, getattr(statement, "col_offset", 0)
        names = (name[: wire.NAME_LIMIT] for name in kept)
        reason = valid(raw(why), wire.NOTE_LIMIT)
        cell = cell[: wire.NOTE_LIMIT]
        self.skipped.append(wire.Skipped(cell, line, reason, tuple(names), slow, column))


class SubmissionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the other modules of a submission from their text, or from a file it has written.

    `own` answers the student's own import statements only: there, these modules come before what
    is installed here.

    Attributes:
        modules: the text of each, by full name.
        files: the path of each whose name does not tell it.
        graded: the module that is graded, if it is one of a package, and what runs it.
    """

    def __init__(
        self,
        modules: dict[str, str],
        runner: Runner,
        *,
        own: bool = False,
        files: Mapping[str, str] = {},
        graded: tuple[ModuleType, Callable[[], None]] | None = None,
    ) -> None:
        self.modules, self.runner, self.own = modules, runner, own
        self.files, self.graded = files, graded
        self.home = Path.cwd()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec if the submission has a module of that name."""
        if (self.own and importer() is None) or fullname.partition(".")[0] in LIBRARIES:
            return None
        package = any(name.startswith(f"{fullname}.") for name in self.modules)
        package = package or self.files.get(fullname, "").endswith("__init__.py")
        if not package and self._text(fullname) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """The module that is graded, or a new one."""
        is_graded = self.graded is not None and self.graded[0].__name__ == spec.name
        return self.graded[0] if self.graded and is_graded else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's text; a folder without `__init__.py` is an empty package."""
        if self.graded and module is self.graded[0]:
            self.graded[1]()
            return
        name = module.__name__
        package = hasattr(module, "__path__")
        file = self.files.get(name) or file_of(name, package=package)
        module.__file__ = str(self.home / file)
        vars(module).update(self.runner.given)
        self.runner.run(wire.Cell(file, self._text(name) or ""), vars(module))

    def forget_libraries(self) -> None:
        """Let the student's import of its own module find it, though a library has its name."""
        tops = {name.partition(".")[0] for name in self.modules} - LIBRARIES
        for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
            del sys.modules[name]

    def _text(self, name: str) -> str | None:
        if name in self.modules:
            return self.modules[name]
        # One that it has written, or a notebook: `import_ipynb` imports those.
        for file in (file_of(name), f"{name.replace('.', '/')}.ipynb"):
            with contextlib.suppress(OSError, ValueError):
                return (self.home / file).read_text("utf-8")
        return None


class TextFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules of the kit from their text, in a process that runs no student code."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec if there is a text, or a module below that name."""
        package = any(name.startswith(f"{fullname}.") for name in self.texts)
        if fullname not in self.texts and not package:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=package)

    def exec_module(self, module: ModuleType) -> None:
        """Run the text; a folder without `__init__.py` is an empty package."""
        name = module.__name__
        code = compile(self.texts.get(name, ""), _file(file_of(name)), "exec", dont_inherit=True)
        exec(code, vars(module))


class Closed(importlib.abc.MetaPathFinder):
    """Refuses to import any more of the kit; a process that sees its files could do without.

    Args:
        packages: the kit's.
        needed: the modules of them that a child may still need.
    """

    def __init__(self, packages: frozenset[str], needed: frozenset[str] = frozenset()) -> None:
        self.packages, self.needed = packages, needed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Nothing; raises ModuleNotFoundError for what belongs to the kit."""
        if fullname.partition(".")[0] in self.packages and fullname not in self.needed:
            why = f"{fullname} belongs to the grader: a submission cannot import it"
            raise ModuleNotFoundError(why, name=fullname)


# By file, the lines on which an import may fail.
PROVIDED_FOR: dict[str, set[int]] = {}


def file_of(module: str, *, package: bool = False) -> str:
    """The file of a module, from the submission's folder."""
    return module.replace(".", "/") + ("/__init__.py" if package else ".py")


def remember(cell: wire.Cell) -> None:
    """Let tracebacks show the cell's lines."""
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[_file(cell.name)] = (len(cell.source), None, lines, _file(cell.name))


def _show(value: object, namespace: Namespace) -> None:
    """What IPython does with the value of a cell's last line."""
    shown = namespace.get("Out")
    if isinstance(shown, dict):
        if not shown or namespace.get("_") is next(reversed(shown.values())):
            namespace["_"] = value
        shown[len(namespace["In"]) - 1] = value  # type: ignore[arg-type]


def _is_remark(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _file(name: str) -> str:
    return f"<{name}>"
