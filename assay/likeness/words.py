"""Source code as words: what the code does, step by step, however it is written.

Each function is a stream of words, and so is each statement outside of a function. Comments,
docstrings, layout, imports, annotations, prints, the values of literals, the order of the operands
of `+`, and the choice between `a < b` and `b > a` leave no trace. The author's own names are
marked, so that they can all be made equal.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

TEXT_LIMIT = 2**16  # characters of one file or cell: longer ones are ignored
TOTAL_LIMIT = 2**17  # characters of a submission; broken code costs a parser 3 us for each
BLOCK_LIMIT = 500  # blocks into which a file that does not parse is split
DEPTH_LIMIT = 80  # what is nested deeper is ignored: Python's own limit varies

Stream = tuple[str, ...]

OWN = "\0"  # before a name of the author's own
BEGIN = "\n"  # before the first word of a statement
_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor)
_COMMUTING = (ast.Add, ast.Mult, *_BITS, ast.And, ast.Or, ast.Eq, ast.NotEq)
_SILENT = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass, ast.expr_context)
_MIRRORED: dict[type[ast.cmpop], ast.cmpop] = {ast.Gt: ast.Lt(), ast.GtE: ast.LtE()}
# A line that is not indented, and so begins something new.
_BLOCK = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_LONG = re.compile(r"('''|\"\"\").*?\1", re.DOTALL)
_TOKEN = re.compile(
    r"#[^\n]*|(?P<text>[rbfu]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|\"[^\"\n]*\"))"
    r"|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<line>\n)|(?P<sign>\*\*|//|->|[-+*/%@&|^<>=!]=?|\S)",
    re.DOTALL | re.IGNORECASE,
)


def streams(sources: Iterable[Sequence[str]]) -> list[Stream]:
    """The streams of one submission: of each file its text, of each notebook its cells' texts.

    Code that does not parse is split into blocks; blocks that do not parse become tokens.
    """
    parts = [list(_parsed(texts)) for texts in _within_limits(sources)]
    modules = [[tree for _, tree in part if tree] for part in parts]
    names_in = list(map(_Names.of, modules))
    defined = frozenset[str]().union(*(names.defined for names in names_in))
    members = frozenset[str]().union(*(names.members for names in names_in))
    parsed = [
        stream
        for trees, names in zip(modules, names_in, strict=True)
        for tree in trees
        for stream in _of_body(tree.body, names.with_own(defined, members))
    ]
    return parsed + [_tokens(text) for part in parts for text, tree in part if not tree]


def anonymous(stream: Iterable[str]) -> Stream:
    """The stream with all of the author's own names made equal."""
    return tuple("v" if word.startswith(OWN) else word for word in stream)


def statements(stream: Stream) -> Iterator[Stream]:
    """The stream split into statements; a compound statement ends at its `:`."""
    starts = [i for i, word in enumerate(stream) if word.startswith(BEGIN)]
    for start, end in pairwise([0, *starts, len(stream)]):
        if start < end:
            yield stream[start:end]


def _within_limits(sources: Iterable[Sequence[str]]) -> list[list[str]]:
    """The texts read of each source, short ones first, so that a long one crowds out no other."""
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
        # Lines of a docstring would become blocks.
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
    """A text's tokens; each line counts as a statement.

    `tokenize` is not used: its tokens depend on the version of Python and end at the first error,
    and its time is quadratic in the length of an unclosed string.
    """
    return tuple(filter(None, map(_token, _TOKEN.finditer(text))))


def _token(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[0]
    if kind == "name":
        return text if keyword.iskeyword(text) else OWN + text
    return {"text": "s", "number": "0", "sign": text, "line": BEGIN}.get(kind or "", "")


@dataclass(frozen=True)
class _Names:
    """The names that a source defines, and the original names of what it imports.

    Attributes:
        own: its variables, parameters, functions and classes.
        defined: its functions and classes, which other sources may import.
        members: the methods and fields of its classes.
        fields: the attributes that are its own: its members, functions, and what it sets.
        modules: the names under which it imports whole modules.
        imported: the original name of each import with `as`, by its new name.
    """

    own: frozenset[str]
    defined: frozenset[str]
    members: frozenset[str]
    fields: frozenset[str]
    modules: frozenset[str]
    imported: dict[str, str]

    @classmethod
    def of(cls, trees: Iterable[ast.AST]) -> _Names:
        own, defined, members = set[str](), set[str](), set[str]()
        fields, modules = set[str](), set[str]()
        imported: dict[str, str] = {}
        for node in (node for tree in trees for node in ast.walk(tree)):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    own.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    defined.add(name)
                case ast.ClassDef(name=name):
                    defined.add(name)
                    members |= _members(node)
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    fields.add(name)
                case ast.Import():
                    modules |= {(a.asname or a.name).partition(".")[0] for a in node.names}
                case ast.ImportFrom():
                    imported |= {a.asname: a.name for a in node.names if a.asname}
        return cls(
            own=frozenset(own | defined),
            defined=frozenset(defined),
            members=frozenset(members),
            fields=frozenset(fields | defined | members),
            modules=frozenset(modules),
            imported=imported,
        )

    def with_own(self, defined: frozenset[str], members: frozenset[str]) -> _Names:
        """The same with what other sources define.

        A function `step` of another source does not make the `.step` of an optimiser the author's.
        """
        return replace(self, own=self.own | defined, fields=self.fields | members)

    def word(self, name: str) -> str:
        """The word for a name."""
        name = self.imported.get(name, name)
        return OWN + name if name in self.own else name

    def attribute(self, name: str) -> str:
        """The word for an attribute of some object."""
        return f".{OWN}" if name in self.fields else f".{name}"


def _members(node: ast.ClassDef) -> set[str]:
    """The methods of a class, and the names that it assigns outside of them."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    methods = {s.name for s in node.body if isinstance(s, functions)}
    targets = [t for s in node.body if isinstance(s, ast.Assign) for t in s.targets]
    targets += [s.target for s in node.body if isinstance(s, ast.AnnAssign)]
    return methods | {target.id for target in targets if isinstance(target, ast.Name)}


def _of_body(body: Iterable[ast.stmt], names: _Names) -> Iterator[Stream]:
    """A stream for each function, and for each other statement, also inside classes."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _of_body(node.body, names)
        else:
            yield tuple(_words(node, names, 0))


def _words(node: ast.AST, names: _Names, depth: int) -> list[str]:
    if depth > DEPTH_LIMIT or isinstance(node, _SILENT) or _leaves_no_trace(node):
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
        case ast.BinOp() | ast.BoolOp() | ast.Compare(ops=[_]):
            op, operands = _operation(node)
            sides = map(of, operands)
            ordered = sorted(sides, key=anonymous) if isinstance(op, _COMMUTING) else sides
            return [type(op).__name__, *(word for side in ordered for word in side)]
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


def _operation(node: ast.BinOp | ast.BoolOp | ast.Compare) -> tuple[ast.AST, list[ast.expr]]:
    """The operator and its operands; > and >= become < and <=."""
    if isinstance(node, ast.BinOp):
        return node.op, [node.left, node.right]
    if isinstance(node, ast.BoolOp):
        return node.op, node.values
    op, operands = node.ops[0], [node.left, *node.comparators]
    return (_MIRRORED[type(op)], operands[::-1]) if type(op) in _MIRRORED else (op, operands)


def _leaves_no_trace(node: ast.AST) -> bool:
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
