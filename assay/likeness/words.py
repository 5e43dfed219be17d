"""Source code as words: what a program does in its order, whatever it is spelled like.

A function is a stream of words, and so is a statement outside of one. Comments, docstrings, layout,
imports, annotations, prints, the values of literals, the order of operands of `+`, and whether it
says `a < b` or `b > a` leave no trace; an own name can be told from others, and made like them.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

TEXT_LIMIT = 2**16  # characters of one file or cell: longer ones are passed over
TOTAL_LIMIT = 2**17  # characters of a hand-in; a broken one costs a parser 3 us each
BLOCK_LIMIT = 500  # pieces that a file which does not parse is read in
DEPTH_LIMIT = 80  # what is nested deeper is passed over: Python's own limit varies

Stream = tuple[str, ...]

OWN = "\0"  # before a name that the author gave
BEGIN = "\n"  # before the first word of a statement
_COMMUTING = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_SILENT = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass, ast.expr_context)
_MIRRORED: dict[type[ast.cmpop], ast.cmpop] = {ast.Gt: ast.Lt(), ast.GtE: ast.LtE()}
# A line on which something starts that stands outside of all that is above.
_BLOCK = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_LONG = re.compile(r"('''|\"\"\").*?\1", re.DOTALL)
_TOKEN = re.compile(
    r"#[^\n]*|(?P<text>[rbfu]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|\"[^\"\n]*\"))"
    r"|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<line>\n)|(?P<sign>\*\*|//|->|[-+*/%@&|^<>=!]=?|\S)",
    re.DOTALL | re.IGNORECASE,
)


def streams(sources: Iterable[Sequence[str]]) -> list[Stream]:
    """The streams of what one author handed in: a text for each file, one a cell for a notebook.

    What does not parse is told by its tokens, but for the blocks of it that do.
    """
    parts = [list(_parsed(texts)) for texts in _within_limits(sources)]
    modules = [[tree for _, tree in part if tree] for part in parts]
    found = list(map(_Names.of, modules))
    shared = frozenset[str]().union(*(names.defined for names in found))
    read = [
        stream
        for trees, names in zip(modules, found, strict=True)
        for tree in trees
        for stream in _of_body(tree.body, names.with_own(shared))
    ]
    return read + [_tokens(text) for part in parts for text, tree in part if not tree]


def anonymous(stream: Iterable[str]) -> Stream:
    """The stream with every own name like any other."""
    return tuple("v" if word.startswith(OWN) else word for word in stream)


def statements(stream: Stream) -> Iterator[Stream]:
    """The stream in pieces, one for each statement; of `if` and its like what stands before `:`."""
    starts = [i for i, word in enumerate(stream) if word.startswith(BEGIN)]
    for start, end in pairwise([0, *starts, len(stream)]):
        if start < end:
            yield stream[start:end]


def _within_limits(sources: Iterable[Sequence[str]]) -> list[list[str]]:
    """What is read of each source: the short texts first, so that a long one hides no other."""
    texts = [(len(text), text, i) for i, texts in enumerate(sources) for text in texts]
    kept = [list[str]() for _ in range(max((i for *_, i in texts), default=-1) + 1)]
    left = TOTAL_LIMIT
    for size, text, i in sorted(texts):
        left -= size
        if size <= TEXT_LIMIT and left >= 0:
            kept[i].append(text)
    return kept


def _parsed(texts: Iterable[str]) -> Iterator[tuple[str, ast.Module | None]]:
    for text in texts:
        tree = _tree(text)
        # Lines of a docstring would be blocks of their own.
        blocks = [] if tree else _BLOCK.split(_LONG.sub("''", text), BLOCK_LIMIT)
        if 0 < len(blocks) <= BLOCK_LIMIT:
            yield from ((block, _tree(block)) for block in blocks)
        else:
            yield text, tree


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def _tokens(text: str) -> Stream:
    """A text's tokens, a line of it being a statement.

    Not those of `tokenize`, which differ by the version of Python, end at the first error, and
    take a time quadratic in the length of a string that is not closed.
    """
    return tuple(filter(None, map(_token, _TOKEN.finditer(text))))


def _token(match: re.Match[str]) -> str:
    kind, said = match.lastgroup, match[0]
    if kind == "name":
        return said if keyword.iskeyword(said) else OWN + said
    return {"text": "s", "number": "0", "sign": said, "line": BEGIN}.get(kind or "", "")


@dataclass(frozen=True)
class _Names:
    """The names that a source gives, and the real ones of what it imports.

    Attributes:
        own: its variables, parameters, functions and classes.
        defined: its functions and classes, which other sources may import.
        fields: the attributes that it sets.
        modules: what whole modules are called.
        imported: what was imported under another name, by that name.
    """

    own: frozenset[str]
    defined: frozenset[str]
    fields: frozenset[str]
    modules: frozenset[str]
    imported: dict[str, str]

    @classmethod
    def of(cls, trees: Iterable[ast.AST]) -> _Names:
        own, defined, fields, modules = set[str](), set[str](), set[str](), set[str]()
        imported: dict[str, str] = {}
        for node in (node for tree in trees for node in ast.walk(tree)):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    own.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    defined.add(name)
                case ast.ClassDef(name=name):
                    defined.add(name)
                    fields |= _fields(node)
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    fields.add(name)
                case ast.Import():
                    modules |= {(a.asname or a.name).partition(".")[0] for a in node.names}
                case ast.ImportFrom():
                    imported |= {a.asname: a.name for a in node.names if a.asname}
        names = [frozenset(found) for found in (own | defined, defined, fields | defined, modules)]
        return cls(names[0], names[1], names[2], names[3], imported)

    def with_own(self, names: frozenset[str]) -> _Names:
        """With further names of the author's, of functions and of methods."""
        return replace(self, own=self.own | names, fields=self.fields | names)

    def word(self, name: str) -> str:
        """The word for a name."""
        name = self.imported.get(name, name)
        return OWN + name if name in self.own else name

    def attribute(self, name: str) -> str:
        """The word for an attribute of some object."""
        return f".{OWN}" if name in self.fields else f".{name}"


def _fields(node: ast.ClassDef) -> set[str]:
    """What a class assigns outside of its methods."""
    found = [t for s in node.body if isinstance(s, ast.Assign) for t in s.targets]
    found += [s.target for s in node.body if isinstance(s, ast.AnnAssign)]
    return {target.id for target in found if isinstance(target, ast.Name)}


def _of_body(body: Iterable[ast.stmt], names: _Names) -> Iterator[Stream]:
    """A stream for each function, at whatever depth of classes, and each other statement."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _of_body(node.body, names)
        else:
            yield tuple(_words(node, names, 0))


def _words(node: ast.AST, names: _Names, depth: int) -> list[str]:
    if depth > DEPTH_LIMIT or isinstance(node, _SILENT) or _says_nothing(node):
        return []

    def of(*inner: ast.AST | None) -> list[str]:
        return [word for n in inner if n is not None for word in _words(n, names, depth + 1)]

    match node:
        case ast.Name():
            return [names.word(node.id)]
        case ast.Constant():
            return [_literal(node.value)]
        case ast.JoinedStr():
            return ["s"]
        case ast.Attribute(value=ast.Name(id=base)) if base in names.modules:
            return [names.word(node.attr)]
        case ast.Attribute():
            return [*of(node.value), names.attribute(node.attr)]
        case ast.Call():
            return [*of(node.func), "(", *of(*node.args, *(k.value for k in node.keywords))]
        case ast.BinOp():
            sides = [of(node.left), of(node.right)]
            return _joined(node.op, sides, commuting=isinstance(node.op, _COMMUTING))
        case ast.BoolOp():
            return _joined(node.op, [of(value) for value in node.values], commuting=True)
        case ast.Compare(ops=[op]):
            sides = [of(node.left), of(node.comparators[0])]
            if type(op) in _MIRRORED:
                op, sides = _MIRRORED[type(op)], sides[::-1]
            return _joined(op, sides, commuting=isinstance(op, ast.Eq | ast.NotEq))
        case ast.AugAssign():
            return of(ast.Assign([node.target], ast.BinOp(node.target, node.op, node.value)))
        case ast.AnnAssign():
            return [f"{BEGIN}Assign", *of(node.target, node.value)] if node.value else []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [f"{BEGIN}def", *of(*node.decorator_list, *node.body)]
        case ast.Lambda():
            return ["lambda", *of(node.body)]
    start = BEGIN if isinstance(node, ast.stmt) else ""
    return [start + type(node).__name__, *of(*ast.iter_child_nodes(node))]


def _says_nothing(node: ast.AST) -> bool:
    """Whether a statement is a docstring or a print."""
    if not isinstance(node, ast.Expr):
        return False
    match node.value:
        case ast.Constant() | ast.Call(func=ast.Name(id="print")):
            return True
    return False


def _literal(value: object) -> str:
    if value is None or isinstance(value, bool):
        return repr(value)
    return "s" if isinstance(value, str | bytes) else "0"


def _joined(op: ast.AST, sides: list[list[str]], *, commuting: bool) -> list[str]:
    if commuting:
        sides = sorted(sides, key=anonymous)
    return [type(op).__name__, *(word for side in sides for word in side)]
