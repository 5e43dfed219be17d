"""Automatic mutants of the reference: the share that the graders catch, and every one that is left.

    python tests/tools/mutate.py [problem1 ...]

Each mutant changes one operator, constant, comparison, argument, statement or call of one file of
reference/. One that keeps full marks must stand in survivors.toml, beside the folder of mutants,
with the reason why it is no mistake; any other, and any reason that is no longer needed, ends this
with status 1. The homework is Homework 10, or the one that ASSAY_HOMEWORK names.
"""

from __future__ import annotations

import ast
import copy
import os
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from assay.commands.verify import with_source
from assay.grading.grader import Grader
from assay.homework import find
from assay.submission import read

SURVIVORS = "survivors.toml"  # beside the mutants of the homework in force

OPERATORS: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
NAMES = {
    "min": "max",
    "max": "min",
    "sin": "cos",
    "cos": "sin",
    "tril": "triu",
    "triu": "tril",
    "exp": "log",
    "log": "exp",
    "mean": "sum",
    "sum": "mean",
    "zeros": "ones",
    "ones": "zeros",
    "cumsum": "cumprod",
    "any": "all",
    "all": "any",
    "rand": "randn",
    "randn": "rand",
    "minimum": "maximum",
    "maximum": "minimum",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "cummax": "cummin",
    "cummin": "cummax",
}


class Mutant(NamedTuple):
    """One change of one function: an expression or statement as it was and as it is."""

    module: str
    function: str
    was: str
    now: str
    text: str


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a source, each text once; changes that read alike are numbered."""
    tree = bare(ast.parse(source))
    texts, names = {ast.unparse(tree)}, Counter[tuple[str, str, str]]()
    for function, index, node in places(tree):
        for change, replacement in enumerate(changes(node)):
            other = copy.deepcopy(tree)
            twin = next(n for i, n in enumerate(ast.walk(other)) if i == index)
            swap(other, twin, list(changes(twin))[change])
            text = ast.unparse(ast.fix_missing_locations(other))
            if text in texts:
                continue
            texts.add(text)
            was, now = in_words(node, replacement)
            names[function, was, now] += 1
            again = names[function, was, now]
            yield Mutant(module, function, was, now + f" (again, {again})" * (again > 1), text)


def places(tree: ast.Module) -> Iterator[tuple[str, int, ast.AST]]:
    """Each node with the top-level function that it stands in and its place in ast.walk."""
    order = {id(node): index for index, node in enumerate(ast.walk(tree))}
    for statement in tree.body:
        for node in ast.walk(statement):
            yield getattr(statement, "name", "the module"), order[id(node)], node


def in_words(node: ast.AST, replacement: ast.AST) -> tuple[str, str]:
    """A change in words: of a list only what is left out, of a block only its head."""
    if isinstance(node, ast.List) and isinstance(replacement, ast.List):
        kept = [id(element) for element in replacement.elts]
        gone = next(element for element in node.elts if id(element) not in kept)
        return ast.unparse(gone), "left out of the list"
    return ast.unparse(node).partition("\n")[0], ast.unparse(replacement).partition("\n")[0]


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in place of a node."""
    match node:
        case ast.BinOp(left, op, right):
            for operator in OPERATORS.get(type(op), []):
                yield ast.BinOp(left, operator(), right)
            if isinstance(op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
                yield ast.BinOp(right, op, left)
            if isinstance(op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)):
                yield left
                yield right
        case ast.UnaryOp(ast.USub() | ast.Not() | ast.Invert(), operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            for comparison in COMPARISONS.get(type(op), []):
                yield ast.Compare(left, [comparison()], [right])
        case ast.BoolOp(op, operands):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), operands)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(float() as value):
            yield ast.Constant(value * 1.1 if value else 1.0)
        case ast.Call(function, arguments, keywords):
            for k in range(len(arguments) - 1):
                swapped = [*arguments]
                swapped[k : k + 2] = swapped[k + 1], swapped[k]
                yield ast.Call(function, swapped, keywords)
            for k in range(len(keywords)):
                yield ast.Call(function, arguments, keywords[:k] + keywords[k + 1 :])
            if isinstance(function, ast.Attribute):
                yield function.value
            if len(arguments) == 1:
                yield arguments[0]
        case ast.Attribute(value, name) if name in NAMES:
            yield ast.Attribute(value, NAMES[name])
        case ast.Attribute(value, "T"):
            yield value
        case ast.Name(name) if name in NAMES and isinstance(node.ctx, ast.Load):
            yield ast.Name(NAMES[name], ast.Load())
        case ast.Tuple(elements) if len(elements) > 1 and isinstance(node.ctx, ast.Load):
            for k in range(len(elements) - 1):
                swapped = [*elements]
                swapped[k : k + 2] = swapped[k + 1], swapped[k]
                yield ast.Tuple(swapped, ast.Load())
        case ast.List(elements) if len(elements) > 1:
            for k in range(len(elements)):
                yield ast.List(elements[:k] + elements[k + 1 :], ast.Load())
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse
        case ast.If():
            for value in (True, False):
                yield ast.If(ast.Constant(value), node.body, node.orelse)
        case ast.Assign() | ast.AugAssign() | ast.Expr() | ast.For() | ast.While():
            yield ast.Pass()


def bare(tree: ast.Module) -> ast.Module:
    """The module without docstrings and annotations, which no run depends on."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        for _, body in ast.iter_fields(node):
            if isinstance(body, list):
                body[:] = [plain(item) for item in body]
    return ast.fix_missing_locations(tree)


def plain(item: object) -> object:
    """An annotated assignment as a plain one."""
    if isinstance(item, ast.AnnAssign) and item.value is not None:
        return ast.Assign([item.target], item.value)
    return item


def swap(tree: ast.AST, node: ast.AST, other: ast.AST) -> None:
    """Put another node in the place of one."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, other)
            elif isinstance(value, list):
                value[:] = [other if item is node else item for item in value]


_grader: list[Grader] = []


def begin() -> None:
    """Make this process's grader."""
    _grader.append(Grader())


def survives(mutant: Mutant) -> bool:
    """Whether a mutant keeps full marks in its problem."""
    homework = find()
    reference = read(homework.reference_folder, homework)
    submission = with_source(reference, mutant.module, mutant.text)
    result = _grader[0].judge(submission, homework.checks_of(mutant.module), shrink_seconds=0.0)
    if result.score is None:
        raise RuntimeError(f"{mutant.was} -> {mutant.now}: {result.status}")
    return result.score == result.max_score


def explained() -> dict[tuple[str, ...], str]:
    """Why a survivor is no mistake, by module, function, what was and what is."""
    path = find().mutants_folder.parent / SURVIVORS
    entries = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {
        (module, function, entry["was"], now): entry["why"]
        for module, functions in entries.items()
        for function, found in functions.items()
        for entry in found
        for now in ([entry["now"]] if isinstance(entry["now"], str) else entry["now"])
    }


def main(wanted: list[str]) -> int:
    """Judge the mutants of the problems wanted; 0 where every survivor is explained."""
    console, known, started = Console(width=100), explained(), time.perf_counter()
    table = Table("problem", "mutants", "caught", "survive, explained", "survive", box=None)
    unexplained, needless = [], []
    with ProcessPoolExecutor(int(os.environ.get("JOBS", "2")), initializer=begin) as workers:
        for path in sorted(find().reference_folder.glob("problem*.py")):
            if wanted and not any(path.stem.startswith(name) for name in wanted):
                continue
            every = list(mutants(path.stem, path.read_text("utf-8")))
            alive = [
                m for m, lives in zip(every, workers.map(survives, every), strict=True) if lives
            ]
            reasons = {m[:4] for m in alive}
            new = [m for m in alive if m[:4] not in known]
            unexplained += new
            needless += [key for key in known if key[0] == path.stem and key not in reasons]
            table.add_row(
                path.stem,
                *map(str, (len(every), len(every) - len(alive), len(alive) - len(new), len(new))),
            )
    console.print(table)
    for mutant in unexplained:
        place = f"{mutant.module}, {mutant.function}"
        console.print(f"survives: {place}\n  - {mutant.was}\n  + {mutant.now}", markup=False)
    for key in needless:
        console.print(f"no longer survives, strike its reason: {key}", markup=False)
    console.print(f"{time.perf_counter() - started:.0f} s")
    return 1 if unexplained or needless else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
