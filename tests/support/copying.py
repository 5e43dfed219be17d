"""Ways to disguise a copy, from a new layout to rewritten statements: source in, source out."""

from __future__ import annotations

import ast
import builtins
import io
import json
import tokenize

from places import ROOT

SIMPLE = ast.Assign | ast.Return | ast.AugAssign
MIRROR = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
DEAD = ("unused = [0] * 3", "if False:\n    spare = sum(range(9))", "assert 1 < 2", "count = 7")


def solution(alternative=None):
    """The six files of the reference, or for each problem its n-th alternative."""
    files = sorted((ROOT / "reference").glob("problem*.py"))
    if alternative is not None:
        homes = [ROOT / "tests/alternatives" / path.stem for path in files]
        files = [sorted(home.glob("*.py"))[alternative] for home in homes]
    return [path.read_text("utf-8") for path in files]


def asked_for():
    """The functions that the homework asks for, which no copy can rename."""
    texts = (p.read_text("utf-8") for p in (ROOT / "student_template").glob("problem*.py"))
    return {n.name for t in texts for n in ast.parse(t).body if isinstance(n, ast.FunctionDef)}


def reformatted(text):
    """Another layout, without comments."""
    return ast.unparse(ast.parse(text))


def undocumented(text):
    """No docstrings, comments, or annotations."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            node.body = node.body[1:] if ast.get_docstring(node) else node.body
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)


def documented(text):
    """A comment at the end of every statement."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    ends = {t.start[0] for t in tokens if t.type == tokenize.NEWLINE}
    lines = enumerate(text.split("\n"), 1)
    return "\n".join(f"{line}  # a comment" if i in ends else line for i, line in lines)


def renamed(text, suffix="_of_mine"):
    """Each name of the author's changed, except those that the homework or a class's users need."""
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    own |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    own -= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    new = {name: name + suffix for name in own - asked_for() - set(dir(builtins))}
    for node in nodes:
        for field in ("id", "name", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, ast.alias):
                setattr(node, field, new.get(value, value))
    return ast.unparse(tree)


def permuted(text, order):
    """Functions and classes in another order."""
    tree = ast.parse(text)
    defined = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    rest = [n for n in tree.body if n not in defined]
    return ast.unparse(ast.Module(rest + [defined[i % len(defined)] for i in order], []))


def with_other_literals(text):
    """Each number increased by one, each string changed."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            node.value += 1
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value += "!"
    return ast.unparse(tree)


def swapped(text):
    """`b + a` for `a + b`, `b * a` for `a * b`, `b > a` for `a < b`."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
            node.left, node.right = node.right, node.left
        if isinstance(node, ast.Compare) and [type(op) in MIRROR for op in node.ops] == [True]:
            node.left, node.comparators = node.comparators[0], [node.left]
            node.ops = [MIRROR[type(node.ops[0])]()]
    return ast.unparse(tree)


def with_prints(text):
    """A print before every statement of a function."""
    return _padded(text, lambda: ["print('so far', 1)"])


def padded(text, rng):
    """A dead statement before about a third of the statements."""
    return _padded(text, lambda: [rng.choice(DEAD)] if rng.random() < 1 / 3 else [])


def _padded(text, extra):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.For | ast.If):
            node.body = [s for old in node.body for s in (*ast.parse("\n".join(extra())).body, old)]
    return ast.unparse(tree)


def disguised(text, rng):
    """Every disguise except rewriting."""
    return padded(swapped(with_other_literals(renamed(undocumented(text)))), rng)


def rewritten(text, fraction, others, rng):
    """A fraction of the simple statements replaced by other people's."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for body in (getattr(node, field, None) for field in ("body", "orelse")):
            for i, s in enumerate(body if isinstance(body, list) else []):
                if isinstance(s, SIMPLE) and rng.random() < fraction:
                    body[i] = rng.choice(others)
    return ast.unparse(tree)


def simple_statements(texts):
    """The simple statements of these texts."""
    return [n for text in texts for n in ast.walk(ast.parse(text)) if isinstance(n, SIMPLE)]


def notebook(texts):
    """A notebook with a cell for each top-level statement."""
    nodes = [node for text in texts for node in ast.parse(text).body]
    cells = [{"cell_type": "code", "source": ast.unparse(node)} for node in nodes]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()
