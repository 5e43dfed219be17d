"""The calls of a failing input as a Python script, which needs the student's files and no kit."""

from __future__ import annotations

import ast
import base64
import inspect
import math
import posixpath
import textwrap
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from pprint import pformat

from assay.foreign import quoted
from assay.homework import Homework
from assay.imports import undecorated
from assay.message import KEYWORDS, parse
from assay.protocol import values, wire
from assay.report.text import line, plain

MOST_CALLS = 8  # shown; of more the last ones
MOST_NUMBERS = 200  # of an array that is written as a list
WIDTH = 96

HEAD = '''"""The smallest failing input of the check {name}: {title}.

Run it in the folder of your files:  python repro.py
Put breakpoint() before a call to stop there.
"""

from __future__ import annotations

import random
import sys
from math import inf, nan

import numpy as np
import torch
'''
SEED = '''

def seed(number):
    """Seed the generators as the check does before each call."""
    random.seed(number)
    np.random.seed(number % 2**32)
    torch.manual_seed(number)
'''
NOTEBOOK = '''def cells(path):
    """The code of a notebook, without its magics, as a module."""
    import json, re, types

    module = types.ModuleType("notebook")
    module.display = print
    with open(path, encoding="utf-8") as file:
        code = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        text = re.sub(r"(?m)^([ \\t]*)[%!].*", r"\\1pass", "".join(cell["source"]))
        exec(compile(text, f"cell {number}", "exec"), vars(module))
    return module
'''
UNPACKED = '''

def unpacked(text, dtype, *shape):
    """An array from its compressed bytes."""
    import base64, zlib

    data = zlib.decompress(base64.b64decode(text))
    return np.frombuffer(data, dtype).reshape(shape).copy()
'''
MODULE_AT = '''

def module_at(path):
    """A Python file as a module."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
'''
HELPERS = {
    *("seed", "unpacked", "module_at", "returned", "mine", "cells"),
    *("np", "torch", "random", "sys", "inf", "nan", "Path"),
}


def script(
    name: str,
    title: str,
    message: str,
    calls: Sequence[wire.Call],
    code: str,
    homework: Homework,
) -> str:
    """A script that calls the student's functions as a check did.

    Args:
        name: the check's.
        title: the check's.
        message: what the student reads below it.
        calls: what was called, in order.
        code: how the functions are found: `from_file`, `from_notebook` or `from_cells`.
        homework: makes the objects that are passed.
    """
    given = (_objects((*call.arguments, *call.keywords.values())) for call in calls)
    made = objects([item for each in given for item in each], homework)
    shown = calls[-MOST_CALLS:]
    taken = HELPERS | _bound(made)
    rest = "".join(_call(call, homework, taken) for call in shown)
    parts = [HEAD.format(name=name, title=plain(title)), f"{_comment(message)}\n", f"{code}{SEED}"]
    parts += [UNPACKED] * ("unpacked(" in rest) + [f"\n{made}\n"] * bool(made)
    if len(calls) > len(shown):
        parts.append(f"\n# The last {len(shown)} of {len(calls)} calls that the check makes.\n")
    return "\n".join(parts) + f"\n{rest}"


def from_file(path: str) -> str:
    """The lines that import a file, by its path from the student's folder, as `mine`.

    The functions are called as `mine.f`: a script that bound their names would itself count as a
    file that solves the problem.
    """
    folder, file = posixpath.split(path)
    return f"sys.path.insert(0, {folder!r})\nimport {file.removesuffix('.py')} as mine\n"


def from_notebook(path: str) -> str:
    """The lines that run the cells of a notebook as `mine`."""
    return f"{NOTEBOOK}\n\nmine = cells({path!r})\n"


def from_cells(cells: Iterable[wire.Cell]) -> str:
    """The code of what was put together from several files, as it was graded, as `mine`."""
    text = "\n".join(f"# From {line(cell.name)}:\n{cell.source}" for cell in cells)
    return f"{text}\n\nmine = sys.modules[__name__]\n"


def objects(given: Iterable[wire.Given], homework: Homework) -> str:
    """The code that makes these kinds of objects; it imports nothing of the kit where it can."""
    kinds, roots = homework.kinds(), dict[Path, set[str]]()
    for item in given:
        maker = kinds.maker(item.kind)
        roots.setdefault(Path(inspect.getfile(maker)), set()).add(maker.__name__)
    texts = [_plain_code(path, names, homework) for path, names in sorted(roots.items())]
    return "\n\n".join(texts)


def _plain_code(path: Path, names: set[str], homework: Homework) -> str:
    """The makers of one file; through the kit if they use other files of the homework."""
    tree = ast.parse(undecorated(path.read_text("utf-8"), names))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    if any(node.level for node in imports):
        kinds = f"kinds = load(Path({str(homework.folder)!r})).makers()"
        makers = "".join(f"\n{name} = kinds.maker({name!r})" for name in sorted(names))
        head = "from pathlib import Path\n\nfrom assay.homework import load\n"
        return f"{head}\n{kinds}{makers}"
    own = MODULE_AT.lstrip() if any(_is_module_at(node) for node in imports) else ""
    tree.body = [node for node in tree.body if not _is_of_the_kit(node)]
    tree = ast.fix_missing_locations(_At(path).visit(tree))
    text = "\n".join(_spaced(node) for node in tree.body)
    return f"{own}{text}".strip()


class _At(ast.NodeTransformer):
    """Writes a file's own path where the code asks for it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """`__file__` as the path that it has in the homework."""
        return ast.Constant(str(self.path)) if node.id == "__file__" else node


def _is_module_at(node: ast.ImportFrom) -> bool:
    return any(alias.name == "module_at" for alias in node.names)


def _is_of_the_kit(node: ast.stmt) -> bool:
    """Whether a statement imports what the script has of its own, or has already."""
    if not isinstance(node, ast.ImportFrom):
        return False
    is_own = node.module == "assay" and {a.name for a in node.names} <= {"module_at", "Kinds"}
    return is_own or node.module == "__future__"


def _spaced(node: ast.stmt) -> str:
    text = ast.unparse(node)
    return f"\n\n{text}\n" if isinstance(node, ast.FunctionDef | ast.ClassDef) else text


def _call(call: wire.Call, homework: Homework, taken: set[str]) -> str:
    names = homework.parameters_of(call.function)
    places = [*names[: len(call.arguments)]]
    places += [f"argument_{k + 1}" for k in range(len(places), len(call.arguments))]
    own = [f"{name}_" if name in taken else name for name in places]
    lines = [
        f"{name} = {_code(value, homework)}"
        for name, value in zip(own, call.arguments, strict=True)
    ]
    keywords = [f"{name}_" if name in taken else name for name in call.keywords]
    lines += [
        f"{name} = {_code(value, homework)}"
        for name, value in zip(keywords, call.keywords.values(), strict=True)
    ]
    passed = [*own, *(f"{n}={v}" for n, v in zip(call.keywords, keywords, strict=True))]
    asked = [f"seed({call.seed})", f"returned = mine.{call.function}({', '.join(passed)})"]
    lines += asked * call.times
    lines.append(f'print("{call.function} returned", returned)')
    return "\n" + "\n".join(lines) + "\n"


def _code(value: wire.Value, homework: Homework) -> str:
    """A value as a Python expression."""
    match value:
        case wire.Tensor():
            return _tensor(value)
        case wire.Array():
            return _array(value)
        case wire.Items():
            return f"[{', '.join(_code(item, homework) for item in value.items)}]"
        case wire.Given():
            return _given(value, homework)
        case float() if not math.isfinite(value):
            return f'float("{value}")'
    return repr(value)


def _tensor(value: wire.Tensor) -> str:
    tensor = values.unpack(value)
    if not tensor.numel():
        return f"torch.empty({tuple(value.shape)}, dtype=torch.{value.dtype})"
    if tensor.numel() > MOST_NUMBERS:
        return f"torch.from_numpy({_packed(value)})"
    return f"torch.tensor({_listed(tensor.tolist())}, dtype=torch.{value.dtype})"


def _array(value: wire.Array) -> str:
    array = values.unpack(value)
    if not array.size:
        return f'np.empty({tuple(value.shape)}, dtype="{value.dtype}")'
    if array.size > MOST_NUMBERS:
        return _packed(value)
    return f'np.array({_listed(array.tolist())}, dtype="{value.dtype}")'


def _listed(numbers: object) -> str:
    return pformat(numbers, width=WIDTH, compact=True)


def _packed(value: wire.Tensor | wire.Array) -> str:
    text = base64.b64encode(zlib.compress(value.data, 9)).decode()
    lines = "\n".join(f'    "{part}"' for part in textwrap.wrap(text, WIDTH - 6))
    shape = "".join(f", {size}" for size in value.shape)
    return f'unpacked(\n{lines},\n    "{value.dtype}"{shape},\n)'


def _given(item: wire.Given, homework: Homework) -> str:
    kinds = homework.kinds()
    material = kinds.material_of(item.kind)
    parameters = [f"{name}={_code(each, homework)}" for name, each in item.parameters.items()]
    if material:
        parameters.insert(0, f"Path({str(homework.material_paths()[material])!r})")
    return f"{kinds.maker(item.kind).__name__}({', '.join(parameters)})"


def _objects(items: Iterable[wire.Value]) -> Iterator[wire.Given]:
    for item in items:
        if isinstance(item, wire.Given):
            yield item
        elif isinstance(item, wire.Items):
            yield from _objects(item.items)


def _bound(code: str) -> set[str]:
    """The names that some code binds at its top level."""
    names = set[str]()
    for node in ast.parse(code).body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Import() | ast.ImportFrom():
                names |= {alias.asname or alias.name for alias in node.names}
            case ast.Assign():
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _comment(message: str) -> str:
    """The parts of a message as they are, without the marks that keep them apart in one text."""
    parts = parse(message)
    named = ((keyword, getattr(parts, name)) for name, keyword in KEYWORDS.items())
    texts = [parts.evidence, *(quoted(f"{keyword}{{}}", part) for keyword, part in named if part)]
    lines = [each for text in texts for each in plain(text).split("\n")]
    return "\n".join(f"# {each}".rstrip() for each in lines)
