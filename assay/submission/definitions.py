"""The definitions of a function in a source: where each is, and whether it fits the template."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from assay.protocol.parameters import asked_of, fit
from assay.submission.notebook import PARSED_LIMIT, Cells

Template = Mapping[str, ast.FunctionDef]  # the functions that a problem asks for, by name


@dataclass(frozen=True)
class Definition:
    """One definition of a function at the top level of a source.

    Attributes:
        cell: the position of its cell.
        lines: its first and last line in the cell, from 1, decorators included.
        fit: 2 if its parameters are the template's, 1 if only their number is, otherwise 0.
        is_written: whether it is more than what the template gives.
        body: its parameters and statements in a form that comments and blanks do not change.
    """

    cell: int
    lines: tuple[int, int]
    fit: int
    is_written: bool
    body: str


def definitions(
    cells: Cells, functions: Collection[str], template: Template
) -> dict[str, list[Definition]]:
    """The definitions of each function, in the order in which they are run.

    A cell that does not parse has none.
    """
    found: dict[str, list[Definition]] = {name: [] for name in functions}
    for position, (_, text) in enumerate(cells):
        for name, statement, function in _functions(text, functions):
            first = min([statement.lineno, *(d.lineno for d in _decorators(statement))])
            definition = Definition(
                cell=position,
                lines=(first, statement.end_lineno or first),
                fit=_fit(function.args, template.get(name)),
                is_written=_is_written(function, template.get(name)),
                body=_dumped(function),
            )
            found[name].append(definition)
    return {name: several for name, several in found.items() if several}


def excerpt(text: str, lines: tuple[int, int]) -> str:
    """The text with only these lines, each at its place."""
    first, last = lines
    kept = text.split("\n")[first - 1 : last]
    return "\n" * (first - 1) + "\n".join(kept) + "\n"


def is_same_code(text: str, other: str) -> bool:
    """Whether two texts are the same code, whatever their comments and docstrings say."""
    if text == other:
        return True
    one, two = _code(text), _code(other)
    return bool(one) and one == two


def _functions(
    text: str, functions: Collection[str]
) -> Iterator[tuple[str, ast.stmt, ast.FunctionDef | ast.Lambda]]:
    """The statements that define one of these functions, each with its name and the function."""
    names = "|".join(map(re.escape, functions))
    # Parsing is slow: it is not done for a source that cannot define any of them.
    if not names or not re.search(rf"^(?:def\s+)?(?:{names})\b", text, re.MULTILINE):
        return
    for statement in _parsed(text):
        if isinstance(statement, ast.FunctionDef) and statement.name in functions:
            yield statement.name, statement, statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in functions:
                    yield target.id, statement, statement.value


def _parsed(text: str) -> list[ast.stmt]:
    if len(text) > PARSED_LIMIT:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Given a file name, the parser would open that file to quote a bad line.
            return ast.parse(text, "").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return []


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    return statement.decorator_list if isinstance(statement, ast.FunctionDef) else []


def _fit(arguments: ast.arguments, asked: ast.FunctionDef | None) -> int:
    """How well parameters fit those that the template has; those with a default may be missing."""
    if asked is None:
        return 2
    given = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    required = len(given) - len(arguments.defaults)
    required += sum(default is None for default in arguments.kw_defaults)
    return fit(given, required, *asked_of(asked), is_open=arguments.vararg is not None)


def _is_written(function: ast.FunctionDef | ast.Lambda, asked: ast.FunctionDef | None) -> bool:
    if isinstance(function, ast.Lambda):
        return True
    body = _without_docstring(function.body)
    if all(map(_says_nothing, body)):
        return False
    return asked is None or _dump(body) != _dump(_without_docstring(asked.body))


def _says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is `pass`, `...`, a text, or raises NotImplementedError."""
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, ast.Pass)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text else body


def _code(text: str) -> str:
    """The statements of a text without docstrings; empty if it does not parse."""
    statements = _without_docstring(_parsed(text))
    for each in statements:
        if isinstance(each, ast.FunctionDef | ast.ClassDef):
            each.body = _without_docstring(each.body)
    return _dump(statements)


def _dumped(function: ast.FunctionDef | ast.Lambda) -> str:
    if isinstance(function, ast.Lambda):
        return _dump([function])
    return _dump([function.args, *_without_docstring(function.body)])


def _dump(nodes: Collection[ast.AST]) -> str:
    try:
        return "\n".join(map(ast.dump, nodes))
    except (RecursionError, MemoryError):
        return ""
