r"""Formulas as chains: what stands between the equals signs, row by row.

A row that begins with = or + goes on from the row above, a display that begins with = from the one
before; `\Rightarrow`, commas and wide spaces between equations begin a new chain. Remarks are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from assay.written.documents import ENVIRONMENTS, Formula
from assay.written.tokens import Macros, Token, tokenize
from assay.written.tree import Unread

# An `array` has lines as well, but may be a matrix; `alignedat` stands inside another environment.
ALIGNED = frozenset({*ENVIRONMENTS, "alignedat"} - {"array"})
LINKS = ("=", ":=")
_ORDER = ("<", ">", "<=", ">=", "in", "notin")
_OPEN, _CLOSE = ("(", "[", "\\{", "{"), (")", "]", "\\}", "}")
_NEW = frozenset(
    [
        "and",
        "where",
        "with",
        "so",
        "thus",
        "hence",
        "therefore",
        "then",
        "which",
        "but",
        "also",
        "next",
        "namely",
    ]
)
_FEW = 6  # words between a formula in prose and its condition
_CONDITION = frozenset(["if", "when", "for", "whenever", "otherwise", "else", "unless", "where"])


@dataclass
class Step:
    """One side of an equality.

    Attributes:
        relation: what joins it to the step before: "=", ":=", another sign, or "" for the first.
        tokens: of the formula.
        condition: the tokens of "if y < 0" after it.
        formula: where it stands.
        row: the row of that formula, from 0.
        fault: why its display could not be divided into tokens.
    """

    relation: str
    tokens: list[Token]
    formula: Formula
    row: int = 0
    condition: list[Token] = field(default_factory=list)
    fault: Unread | None = None

    @property
    def source(self) -> str:
        """What the student wrote, on one line."""
        if self.fault is not None or not self.tokens:
            return " ".join(self.formula.source.split())
        text = self.formula.source
        start, end = min(t.start for t in self.tokens), max(t.end for t in self.tokens)
        if self.condition:
            end = max(end, *(t.end for t in self.condition))
        sign = "" if not self.relation else f"{_WRITTEN.get(self.relation, self.relation)} "
        return sign + " ".join(text[start:end].split()).rstrip("&\\ ")

    @property
    def line(self) -> int:
        """The line of the document."""
        start = min((t.start for t in self.tokens), default=0)
        return self.formula.line + self.formula.source.count("\n", 0, start)


_WRITTEN = {"<=": "\\le", ">=": "\\ge", "in": "\\in", "approx": "\\approx"}


@dataclass
class Chain:
    """Steps in order; `is_display` unless it stands in a line of prose.

    `is_tentative` marks a formula in prose that begins with = and so may go on from what came
    before it, "which is $= 0$", or may not. `is_open` marks one in prose that has no relation yet,
    or whose formulas each begin with one: the next such formula belongs to it.
    """

    steps: list[Step]
    is_display: bool
    is_tentative: bool = False
    is_open: bool = False


@dataclass
class _Piece:
    tokens: list[Token]
    is_new: bool
    condition: list[Token]


def chains(formulas: Iterable[Formula], macros: Macros) -> list[Chain]:
    """The chains of formulas that follow one another."""
    made: list[Chain] = []
    going: Chain | None = None
    item: Chain | None = None
    for formula in formulas:
        try:
            tokens = _flat(tokenize(formula.source, macros))
        except Unread as fault:
            made.append(Chain([Step("", [], formula, fault=fault)], formula.is_display))
            going = None
            continue
        if not formula.is_display:
            if formula.is_item:
                item = _next_item(tokens, item, formula, made)
                continue
            if not _conditioned(tokens, formula, made):
                made += list(_inline(tokens, formula, made, going))
            continue
        for number, row in enumerate(_rows(tokens)):
            for piece in _pieces(row):
                going = _added(piece, going, made, formula, number)
    # A formula in prose is a chain only if it has a relation.
    return [chain for chain in made if len(chain.steps) > (0 if chain.is_display else 1)]


def _inline(
    tokens: list[Token], formula: Formula, made: list[Chain], display: Chain | None
) -> Iterator[Chain]:
    """The chains of a formula in prose; one that begins with = goes on from what came before."""
    for row in _rows(tokens):
        for piece in _pieces(row):
            begins = bool(piece.tokens) and piece.tokens[0].text == "="
            before = made[-1] if made else None
            if begins and before is not None and before.is_open:
                _extend(before, piece, formula, 0)
                continue
            if begins:
                yield from _tentative(piece, formula, [before, display])
                continue
            chain = Chain([], False)
            _extend(chain, piece, formula, 0)
            chain.is_open = len(chain.steps) == 1
            yield chain


def _next_item(
    tokens: list[Token], item: Chain | None, formula: Formula, made: list[Chain]
) -> Chain | None:
    """Add the formula at the start of a list's item; one that begins with = goes on from the last.

    A chain over several items is no prose, but a display that is laid out as a list.

    Returns:
        The chain that the next item may go on from.
    """
    for number, row in enumerate(_rows(tokens)):
        for piece in _pieces(row):
            begins = bool(piece.tokens) and piece.tokens[0].text == "="
            if item is None or not begins:
                item = Chain([], False)
                made.append(item)
            else:
                item.is_display = True
            _extend(item, piece, formula, number)
    return item


def _conditioned(tokens: list[Token], formula: Formula, made: list[Chain]) -> bool:
    """Take two formulas in prose as one with its condition: "if $y < 0$, then $x = 0$".

    Returns:
        Whether the second one is dealt with.
    """
    before = made[-1] if made else None
    words = re.findall(r"[a-z]+", formula.before.lower())
    is_apart = re.search(r"[.;]|\n\s*\n|\\", formula.before) or len(words) > _FEW
    if before is None or before.is_display or len(before.steps) < 2 or is_apart:
        return False
    last, own = before.steps[-1], Chain([], False)
    for piece in _pieces(tokens):
        _extend(own, piece, formula, 0)
    if not own.steps or last.condition or any(step.condition for step in own.steps):
        return False
    if words and words[-1] in _CONDITION and _compares(own) and last.relation == "=":
        last.condition = tokens
        return True
    said = re.findall(r"[a-z]+", last.formula.before.lower())
    if said and said[-1] in _CONDITION and _compares(before) and own.steps[-1].relation == "=":
        own.steps[-1].condition = [t for step in before.steps for t in _with_relation(step)]
        made[-1] = own
        return True
    return False


def _compares(chain: Chain) -> bool:
    """Whether a chain is a comparison, such as 0 <= y <= 1."""
    return len(chain.steps) > 1 and all(s.relation in _ORDER for s in chain.steps[1:])


def _with_relation(step: Step) -> list[Token]:
    """The tokens of a step after the sign that joins it to the one before."""
    if not step.relation:
        return step.tokens
    place = step.tokens[0].start if step.tokens else 0
    return [Token("relation", step.relation, place, place), *step.tokens]


def _tentative(
    piece: _Piece, formula: Formula, candidates: Iterable[Chain | None]
) -> Iterator[Chain]:
    """A formula that begins with = after each of the chains that it may go on from."""
    for chain in {id(c): c for c in candidates if c is not None and c.steps}.values():
        made = Chain([replace(chain.steps[-1])], False, is_tentative=True)
        _extend(made, piece, formula, 0)
        yield made


def _added(
    piece: _Piece, going: Chain | None, made: list[Chain], formula: Formula, row: int
) -> Chain | None:
    """Add a piece to the chain that is going on, or begin another; the chain that then goes on."""
    if not piece.tokens and not piece.condition:
        return going
    if going is None or (piece.is_new and not _hangs(going)) or _begins(piece, going):
        going = Chain([], True)
        made.append(going)
    _extend(going, piece, formula, row)
    return going


def _begins(piece: _Piece, going: Chain) -> bool:
    """Whether a piece is a chain of its own."""
    if not piece.tokens:
        return False
    first = piece.tokens[0]
    if first.kind == "relation" or _hangs(going):
        return False
    if first.kind == "sign" and first.text in ("+", "*"):
        return False
    has_equals = any(kind in LINKS for _, kind in _relations(piece.tokens))
    return not (first.kind == "sign" and first.text == "-" and not has_equals)


def _hangs(chain: Chain) -> bool:
    """Whether a chain ends with a relation, an operator, or a bracket that is still open."""
    if not chain.steps:
        return True
    tokens = chain.steps[-1].tokens
    if not tokens:
        return True
    last = tokens[-1]
    if last.kind == "sign" and last.text in ("+", "-", "*", "/"):
        return True
    return _depth(tokens) > 0


def _depth(tokens: list[Token]) -> int:
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE or token.text == "null")
    return depth


def _extend(chain: Chain, piece: _Piece, formula: Formula, row: int) -> None:
    """Cut a piece at its relations; what stands before the first one belongs to the last step."""
    tokens = piece.tokens
    cuts = [place for place, _ in _relations(tokens)]
    start = 0
    for place in [*cuts, len(tokens)]:
        part = _trimmed(tokens[start:place])
        if start == 0 and (not cuts or place != 0 or part):
            if chain.steps and (part or not cuts):
                chain.steps[-1].tokens += part
            elif part:
                chain.steps.append(Step("", part, formula, row))
        elif start:
            relation = tokens[start - 1].text
            if chain.steps and not chain.steps[-1].tokens:
                chain.steps[-1].tokens = part
                chain.steps[-1].row = row
                chain.steps[-1].formula = formula
            else:
                chain.steps.append(Step(relation, part, formula, row))
        start = place + 1
    if chain.steps and piece.condition:
        chain.steps[-1].condition = piece.condition


def _relations(tokens: list[Token]) -> list[tuple[int, str]]:
    """The relations that are in no bracket; where brackets do not close, in no brace."""
    unbalanced = _depth(tokens) != 0
    depth, found = 0, []
    for place, token in enumerate(tokens):
        if token.kind in ("begin", "end"):
            depth += 1 if token.kind == "begin" else -1
        elif token.kind == "sign" and (not unbalanced or token.text in "{}"):
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        elif token.kind == "relation" and depth <= 0:
            found.append((place, token.text))
    return found


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Tokens without a final full stop, comma or wide space, and without null delimiters."""
    kept = [
        t for t in tokens if not (t.kind == "sign" and t.text == "null" and not _needed(tokens))
    ]
    while kept and (kept[-1].kind == "quad" or kept[-1].text in (",", ".", ";", ":", "!")):
        kept.pop()
    while kept and (kept[0].kind == "quad" or kept[0].text in (",", ".", ";", ":")):
        kept.pop(0)
    return kept


def _needed(tokens: list[Token]) -> bool:
    """Whether a null delimiter closes cases that `\\left\\{` opened."""
    return any(t.kind == "begin" for t in tokens)


def _flat(tokens: list[Token]) -> list[Token]:
    """The tokens without the environments that only align."""
    kept: list[Token] = []
    opened: list[bool] = []
    for place, token in enumerate(tokens):
        if token.kind == "begin":
            inner = any(not flat for flat in opened)
            before = tokens[place - 1] if place else None
            bracketed = before is not None and before.kind == "sign" and before.text in _OPEN
            flat = (
                not inner
                and not bracketed
                and (token.text in ALIGNED or (token.text == "array" and _is_alone(kept)))
            )
            opened.append(flat)
            if flat:
                continue
        elif token.kind == "end" and opened and opened.pop():
            continue
        kept.append(token)
    return kept


def _is_alone(before: list[Token]) -> bool:
    """Whether an array begins a display or a row: then it only aligns."""
    return not before or before[-1].kind in ("row", "begin")


def _rows(tokens: list[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind in ("begin", "end"):
            depth += 1 if token.kind == "begin" else -1
        if token.kind == "row" and depth <= 0:
            yield row
            row = []
        else:
            row.append(token)
    yield row


def _columns(row: list[Token]) -> list[Token]:
    """A row without alignment signs; a column of reasons after && is cut."""
    kept: list[Token] = []
    depth = 0
    for place, token in enumerate(row):
        if token.kind in ("begin", "end"):
            depth += 1 if token.kind == "begin" else -1
        if token.kind == "cell" and depth <= 0:
            rest = [t for t in row[place:] if t.kind not in ("cell", "quad")]
            is_second = place + 1 < len(row) and row[place + 1].kind == "cell"
            if is_second and kept and rest and rest[0].kind != "relation" and _is_remark(rest):
                break
            continue
        kept.append(token)
    return kept


def _is_remark(tokens: list[Token]) -> bool:
    return any(t.kind == "text" or t.text == "because" for t in tokens)


def _pieces(row: list[Token]) -> Iterator[_Piece]:
    """The statements of a row: it is cut at words, arrows, commas and wide spaces."""
    pieces = [_Piece([], False, [])]
    depth, place = 0, 0
    row = _columns(row)
    unbalanced = _depth(row) != 0
    while place < len(row):
        token = row[place]
        if token.kind in ("begin", "end"):
            depth += 1 if token.kind == "begin" else -1
        elif token.kind == "sign" and (not unbalanced or token.text in "{}"):
            if token.text == "(" and depth == 0:
                end = _remark_end(row, place)
                if end:
                    place = end
                    continue
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            depth = max(depth, 0)
        if depth == 0 and token.kind == "then":
            if token.text == "because":
                break
            if pieces[-1].tokens or pieces[-1].condition:
                pieces.append(_Piece([], True, []))
            else:
                pieces[-1].is_new = True
        elif depth == 0 and token.kind == "text":
            stop = _word(token, row, place, pieces)
            if stop:
                break
        elif depth == 0 and (token.kind == "quad" or token.text in (",", ";")):
            _separated(row, place, pieces)
        elif depth == 0 and token.kind == "sign" and token.text == "forall":
            break
        else:
            last = pieces[-1]
            (last.condition if last.condition else last.tokens).append(token)
        place += 1
    for piece in pieces:
        piece.tokens = _trimmed(piece.tokens)
        if piece.tokens or piece.condition:
            yield piece


def _remark_end(row: list[Token], place: int) -> int:
    """Where a remark in brackets ends; 0 if this is none."""
    depth = 0
    for end in range(place, len(row)):
        token = row[end]
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth == 0:
            inside = row[place + 1 : end]
            is_first = not [t for t in row[:place] if t.kind != "relation"]
            starts = bool(inside) and (inside[0].kind == "text" or inside[0].text == "because")
            compares = bool(_relations(inside)) and not is_first
            return end + 1 if starts or compares else 0
    return 0


def _word(token: Token, row: list[Token], place: int, pieces: list[_Piece]) -> bool:
    """Deal with words in a row; whether the rest of the row is a remark."""
    words = re.findall(r"[a-z]+", token.text.lower())
    following = next((t for t in row[place + 1 :] if t.kind not in ("quad", "cell")), None)
    if following is not None and following.kind == "relation":
        return False
    last = pieces[-1]
    if words and words[0] in _CONDITION and last.tokens and words[0] != "where":
        last.condition.append(token)
        return False
    if last.condition:
        last.condition.append(token)
        return False
    if not last.tokens:
        return False
    if words and words[0] == "or":
        return True
    if words and words[0] in _NEW:
        pieces.append(_Piece([], True, []))
        return False
    return True


def _separated(row: list[Token], place: int, pieces: list[_Piece]) -> None:
    """Begin a new statement at a comma or a wide space, if what follows is one."""
    last = pieces[-1]
    if last.condition:
        last.condition.append(row[place])
        return
    rest = row[place + 1 :]
    end = next(
        (i for i, t in enumerate(rest) if t.kind in ("quad", "then", "text") or t.text == ","),
        len(rest),
    )
    while end == 0 and rest and (rest[0].kind == "quad" or rest[0].text in (",", ";")):
        rest = rest[1:]
        end = next(
            (i for i, t in enumerate(rest) if t.kind in ("quad", "then", "text") or t.text == ","),
            len(rest),
        )
    following = rest[0] if rest else None
    relations = [kind for _, kind in _relations(rest[:end])]
    has_before = bool(_relations(last.tokens)) or (
        len(last.tokens) > 0 and last.tokens[0].kind == "relation"
    )
    if following is None or following.kind in ("relation", "text", "then"):
        return
    if following.kind == "sign" and following.text in ("+", "-") and row[place].kind == "quad":
        return
    if relations and relations[0] in LINKS and has_before:
        pieces.append(_Piece([], True, []))
    elif relations and all(kind in _ORDER for kind in relations) and has_before:
        last.condition.append(row[place])
    elif not relations and has_before and row[place].kind != "quad":
        last.tokens.append(row[place])


__all__ = ["LINKS", "Chain", "Step", "chains"]
