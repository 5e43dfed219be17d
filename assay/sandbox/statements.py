"""The top-level statements of a source, one by one; what does not parse is cut out of it."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from assay.protocol import wire

TRIES = 40  # pieces that are cut out of one source
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
FORGIVING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}

_HEADER = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)
# What continues the statement before it, though it stands at the margin.
_CONTINUES = re.compile(r"\s|$|#|[)\]}]|(?:else|elif|except|finally)\b")


@dataclass(frozen=True)
class Broken:
    """Lines that do not parse, cut out of a source: the first line, why, and what they define."""

    lineno: int
    fault: SyntaxError
    names: tuple[str, ...]


def parse(cell: wire.Cell) -> list[ast.stmt | Broken]:
    """The statements in order, with what was cut out at its place.

    Raises:
        SyntaxError: no statement parses, or too many do not.
    """
    lines = cell.source.split("\n")
    broken: list[Broken] = []
    first: SyntaxError | None = None
    for _ in range(TRIES):
        try:
            body = ast.parse("\n".join(lines), f"<{cell.name}>").body
        except SyntaxError as fault:
            if "unicodeescape" in str(fault.msg) and _make_raw(lines):
                continue
            first = first or fault
            broken.append(_cut_out(lines, fault, first))
            continue
        except (ValueError, RecursionError, MemoryError) as fault:
            raise SyntaxError(str(fault) or type(fault).__name__) from None
        if first is not None and not body:
            break
        return sorted([*body, *broken], key=lambda each: each.lineno)
    raise first or SyntaxError("it cannot be parsed")


def bound(statement: ast.AST) -> Iterator[str]:
    """The names that a statement binds in the scope that it stands in; "*" for `import *`."""
    if isinstance(statement, SCOPES):
        if not isinstance(statement, ast.Lambda):
            yield statement.name
        return
    if isinstance(statement, ast.Name) and isinstance(statement.ctx, ast.Store):
        yield statement.id
    if isinstance(statement, ast.alias):
        yield (statement.asname or statement.name).partition(".")[0]
    for child in ast.iter_child_nodes(statement):
        yield from bound(child)


def provided_for(statements: list[ast.stmt | Broken]) -> set[int]:
    """The lines on which an import may fail: the body of a `try` that catches it."""
    trees = [each for each in statements if isinstance(each, ast.stmt)]
    tries = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Try)]
    return {
        line
        for each in tries
        if any(map(_forgives, each.handlers))
        for line in range(each.body[0].lineno, (each.body[-1].end_lineno or 0) + 1)
    }


def _forgives(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or getattr(kind, "id", "") in FORGIVING for kind in kinds)


def _make_raw(lines: list[str]) -> bool:
    r"""Make the strings raw that have an impossible escape, such as that of `\underbrace`.

    They were meant so: formulas, and paths on Windows. Returns whether there were any.
    """
    bad = [token for token in _tokens(lines) if _has_impossible_escape(token)]
    for token in reversed(bad):
        row, column = token.start[0] - 1, token.start[1]
        rest = lines[row][column:]
        lines[row] = f"{lines[row][:column]}r{rest[1:] if rest[:1] in 'uU' else rest}"
    return bool(bad)


def _tokens(lines: list[str]) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first that is none."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        yield from tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline)


def _has_impossible_escape(token: tokenize.TokenInfo) -> bool:
    """Whether a string cannot be read as it stands, but can as a raw one."""
    if token.type != tokenize.STRING or "\\" not in token.string:
        return False
    try:
        ast.parse(token.string)
    except SyntaxError as fault:
        return "unicodeescape" in str(fault.msg)
    return False


def _cut_out(lines: list[str], fault: SyntaxError, first: SyntaxError) -> Broken:
    """Blank the statement in which the parser stopped, up to the next one at the margin.

    Raises:
        SyntaxError: there is no such line.
    """
    bad = (fault.lineno or 0) - 1
    start = min(bad, len(lines) - 1)
    while start > 0 and (_CONTINUES.match(lines[start]) or not lines[start].strip()):
        start -= 1
    if bad < 0 or not lines[start].strip():
        raise first
    while start > 0 and lines[start - 1].startswith("@"):
        start -= 1
    end = bad + 1
    while end < len(lines) and (_CONTINUES.match(lines[end]) or lines[end - 1].startswith("@")):
        end += 1
    names = tuple(_HEADER.findall("\n".join(lines[start:end])))
    lines[start:end] = [""] * (end - start)
    return Broken(start + 1, fault, names)
