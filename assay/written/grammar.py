r"""A recursive-descent parser from tokens to trees, which can read a formula in each possible way.

Written mathematics leaves scope open: in `\nabla \log q f` the derivative may end after q or after
f. At each such place the parser makes a choice; `readings` parses again with other choices, those
that people mean most often first. Every parse ends: it moves on, within limits of size and depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice

from assay.written.tokens import Token
from assay.written.tree import (
    OTHERWISE,
    Bars,
    Big,
    Call,
    Case,
    Cases,
    Differential,
    Every,
    Expectation,
    Function,
    Group,
    Integrated,
    Marked,
    Matrix,
    Negative,
    Norm,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Relation,
    Some,
    Subscript,
    Sum,
    Symbol,
    Tree,
    Unread,
)

DEEPEST = 100  # levels of nesting, of formulas, terms and factors
MOST_READINGS = 48  # of one formula
MOST_STEPS = 60_000  # tokens read for one formula, in all its readings

CLOSES = {"(": ")", "[": "]", "\\{": "\\}", "{": "}", "<": ">"}
MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"}
CASES = {"cases", "dcases", "rcases"}
COMPARISONS = ("<", ">", "<=", ">=", "=", "!=", "in", "notin")
# Functions of one argument that may be written without brackets.
_PREFIX = {"log", "exp", "det", "diag", "tr", "sign", "vec", "abs", "relu", "total", "product"}
_HAS_ARGUMENTS = {"min", "max", "clip", "median", "proj", "argmin", "argmax"}
_NOT_A_FACTOR = {"text", "relation", "then", "row", "cell", "quad", "end"}


@dataclass(frozen=True)
class Vocabulary:
    """What the letters mean for the parser.

    Attributes:
        functions: letters that take any argument in brackets: f in f(Ax).
        values: letters that never take one: n in n(m + 1).
    """

    functions: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()


NOTHING_KNOWN = Vocabulary()


def parse(tokens: Sequence[Token], vocabulary: Vocabulary = NOTHING_KNOWN) -> Tree:
    """The usual reading of a formula.

    Raises:
        Unread: it is no formula; names the token.
    """
    return _Parser(_closed(tokens), vocabulary, {}).whole()


def readings(tokens: Sequence[Token], vocabulary: Vocabulary = NOTHING_KNOWN) -> Iterator[Tree]:
    """Every reading of a formula, the usual one first, each once, at most MOST_READINGS.

    Raises:
        Unread: it cannot be read in the usual way.
    """
    tokens = _closed(tokens)
    first = _Parser(list(tokens), vocabulary, {})
    seen = {first.whole()}
    yield from seen
    steps = first.steps
    for plan in islice(_plans(first.options), 4 * MOST_READINGS):
        parser = _Parser(list(tokens), vocabulary, plan)
        try:
            tree = parser.whole()
        except Unread:
            tree = None
        steps += parser.steps
        if tree is not None and tree not in seen:
            seen.add(tree)
            yield tree
        if len(seen) >= MOST_READINGS or steps > MOST_STEPS:
            return


def parse_condition(tokens: Sequence[Token], vocabulary: Vocabulary = NOTHING_KNOWN) -> Tree:
    """A condition, as it stands beside a case.

    Raises:
        Unread: it is in words, or no comparison.
    """
    parser = _Parser(list(tokens), vocabulary, {})
    made = parser.condition()
    parser.expect_end()
    return made


def _closed(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with the brackets closed that are open at the end, before a final dz."""
    pending: list[Token] = []
    for token in tokens:
        if token.kind == "sign" and token.text in CLOSES and token.bound != "close":
            pending.append(token)
        elif token.text in (*CLOSES.values(), "null") and pending and token.bound != "open":
            pending.pop()
    if not pending:
        return list(tokens)
    made = list(tokens)
    ends_with_measure = len(made) > 2 and made[-2].text == "d" and made[-2].kind == "name"
    place = len(made) - 2 if ends_with_measure else len(made)
    made[place:place] = [
        Token("sign", CLOSES[t.text], t.start, t.end, "close") for t in reversed(pending)
    ]
    return made


def _plans(options: list[int]) -> Iterator[dict[int, int]]:
    """Other choices than the usual ones: one, two, then all of them changed."""
    places = range(min(len(options), 12))
    for place in places:
        yield {place: 1}
    yield dict.fromkeys(places, 1)
    for pair in combinations(places, 2):
        yield dict.fromkeys(pair, 1)
    for place in places:
        for other in range(2, options[place]):
            yield {place: other}


@dataclass
class _Parser:
    tokens: list[Token]
    vocabulary: Vocabulary
    plan: dict[int, int]
    options: list[int] = field(default_factory=list)
    at: int = 0
    depth: int = 0
    steps: int = 0
    bars: list[int] = field(default_factory=lambda: [0])
    norms: list[int] = field(default_factory=lambda: [0])
    measures: int = 0  # integrals that wait for their dz

    # Looking

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def sees(self, *texts: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind in ("sign", "relation") and token.text in texts

    def sees_word(self, *texts: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == "word" and token.text in texts

    def sees_name(self, *texts: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == "name" and (not texts or token.text in texts)

    def sees_kind(self, *kinds: str) -> bool:
        token = self.peek()
        return token is not None and token.kind in kinds

    # Moving

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            raise Unread(self.last(), "something is missing after this")
        self.steps += 1
        self.at += 1
        return token

    def accept(self, *texts: str) -> bool:
        if self.sees(*texts):
            self.take()
            return True
        return False

    def last(self) -> str:
        return self.tokens[self.at - 1].text if 0 < self.at <= len(self.tokens) else "the line"

    def choose(self, count: int) -> int:
        self.options.append(count)
        return self.plan.get(len(self.options) - 1, 0)

    # Formulas

    def whole(self) -> Tree:
        made = self.expression()
        self.expect_end()
        return made

    def expect_end(self) -> None:
        token = self.peek()
        if token is None:
            return
        if token.text in (")", "]", "\\}", "}"):
            raise Unread(token.text, "this bracket closes nothing; remove it")
        raise Unread(_shown(token), f"after {self.last()!r} this cannot follow")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unread(self.last(), "this is nested too deeply; name a part of it")

    def expression(self) -> Tree:
        """Terms with + and - between them."""
        self.deeper()
        terms = [self.signed_term()]
        while self.sees("+", "-", "pm"):
            terms.append(self.signed_term())
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def signed_term(self) -> Tree:
        self.deeper()
        made = self.term_with_sign()
        self.depth -= 1
        return made

    def term_with_sign(self) -> Tree:
        if self.accept("+"):
            return self.signed_term()
        if self.accept("-"):
            return Negative(self.signed_term())
        if self.accept("pm"):
            return PlusMinus(self.signed_term())
        return self.term()

    def term(self) -> Tree:
        return self.product(self.factor())

    def product(self, first: Tree, most: int = 10_000) -> Tree:
        """The factors that follow a first one, at most `most` of them."""
        made, factors = first, 1
        while factors < most:
            if self.sees("/"):
                self.take()
                top, bottom = made, self.factor()
                if self.starts_factor() and self.choose(2):
                    bottom = self.product(bottom)
                made = Quotient(top, bottom)
            elif self.sees("*", "otimes"):
                sign = self.take().text
                if sign == "otimes":
                    made = Function("kron", (made, self.factor()))
                else:
                    made = _times(made, self.signed_factor())
            elif self.starts_factor():
                made = _times(made, self.factor())
            else:
                break
            factors += 1
        return made

    def signed_factor(self) -> Tree:
        if self.accept("-"):
            return Negative(self.factor())
        return self.factor()

    def starts_factor(self) -> bool:
        """Whether the next token begins another factor of a product."""
        token = self.peek()
        if token is None or token.kind in _NOT_A_FACTOR:
            return False
        if token.kind == "sign":
            if token.text in ("|", "norm"):
                depths = self.bars if token.text == "|" else self.norms
                return token.bound == "open" or (token.bound != "close" and depths[-1] == 0)
            return token.text in ("(", "[", "\\{", "{") and token.bound != "close"
        return not (self.measures and self.at_measure())

    def at_measure(self) -> bool:
        """Whether dz stands here."""
        if not self.sees_name("d"):
            return False
        token = self.peek(1)
        if token is None:
            return False
        if token.text == "{":
            return self.sees_name(ahead=2) and self.sees("}", ahead=3)
        return token.kind == "name" and token.text not in ("d",)

    def measure(self) -> Tree:
        """The z of a dz."""
        self.take()
        if self.accept("{"):
            made: Tree = Symbol(self.take().text)
            self.accept("}")
        else:
            made = Symbol(self.take().text)
        while self.sees("_", "^"):
            self.take()
            self.argument()
        return made

    # Factors

    def factor(self) -> Tree:
        self.deeper()
        made = self.factor_here()
        self.depth -= 1
        return made

    def factor_here(self) -> Tree:
        token = self.peek()
        if token is None:
            raise Unread(self.last(), "something is missing after this")
        if token.kind == "word":
            return self.word()
        if token.kind == "name" and token.text == "d" and self.sees("/", ahead=1):
            return self.slashed_derivative()
        if token.kind == "name" and token.text == "E" and self.sees("_", "[", "(", ahead=1):
            self.take()
            return self.expectation()
        return self.postfix(self.atom())

    def atom(self) -> Tree:
        token = self.take()
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "name":
            return self.symbol(token)
        if token.kind == "begin":
            return self.environment(token)
        if token.kind == "sign" and token.text in ("|", "norm"):
            return self.between_bars(token)
        if token.kind == "sign" and token.text in ("(", "[", "\\{", "{"):
            return self.group(token)
        if token.kind == "sign" and token.text == "]" and self.depth:
            raise Unread("]", "this bracket closes nothing; remove it")
        if token.kind == "text":
            raise Unread(token.text, "write this as a formula")
        if token.kind == "command":
            raise Unread(f"\\{token.text}", "this command is not known; write it in another way")
        raise Unread(_shown(token), "a number, a letter or a bracket is expected here")

    def symbol(self, token: Token) -> Tree:
        made: Tree = Symbol(token.text)
        return self.called(self.decorated(made))

    def decorated(self, base: Tree) -> Tree:
        """Subscripts, stars and primes, which belong to a symbol's name."""
        while True:
            if self.sees("_"):
                self.take()
                base = Subscript(base, self.subscript())
            elif self.sees("'"):
                self.take()
                base = Marked(base, "'")
            elif self.sees("^") and (self.sees("*", ahead=1) or self.sees_name("*", ahead=1)):
                self.take()
                self.take()
                base = Marked(base, "*")
            elif self.sees("^") and self.sees("{", ahead=1) and self._marks_in_braces():
                self.at += 4
                base = Marked(base, "*")
            else:
                return base

    def _marks_in_braces(self) -> bool:
        star = self.sees("*", ahead=2) or self.sees_name("*", "'", ahead=2)
        return star and self.sees("}", ahead=3)

    def subscript(self) -> tuple[Tree, ...]:
        if not self.sees("{"):
            return (self.argument(),)
        saved = self.at
        self.take()
        try:
            items = [self.expression()]
            while self.accept(",", ";"):
                items.append(self.expression())
            if self.accept("}"):
                return tuple(items)
        except Unread:
            pass
        self.at = saved
        return (Symbol(" ".join(t.text for t in self.braced())),)

    def braced(self) -> list[Token]:
        """The tokens of the next group in braces."""
        start, depth = self.at, 0
        while self.at < len(self.tokens):
            token = self.take()
            if token.kind == "sign":
                depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0:
                break
        return self.tokens[start + 1 : max(self.at - 1, start + 1)]

    def called(self, head: Tree) -> Tree:
        """A symbol with arguments, if what follows in brackets can only be arguments."""
        if isinstance(head, Marked):
            return head
        if self.sees("{") and self.sees("(", ahead=1):  # q{\left(z\right)}, as sympy prints it
            self.at += 1
            made = self.called(head)
            if made is not head and self.accept("}"):
                return made
            self.at -= 1
            return head
        if not self.sees("(", "["):
            return head
        base = head
        while isinstance(base, Subscript):
            base = base.base
        name = base.name if isinstance(base, Symbol) else ""
        if name in self.vocabulary.values:
            return head
        if name in self.vocabulary.functions or self._plain_arguments():
            bracket = self.take()
            return Call(head, self.arguments(CLOSES[bracket.text]))
        return head

    def _plain_arguments(self) -> bool:
        """Whether a bracket holds only symbols with separators between them."""
        if not self.sees("("):
            return False
        ahead, items, in_script = 1, 0, False
        while True:
            token = self.peek(ahead)
            if token is None:
                return False
            if token.kind == "sign" and token.text == ")":
                return items > 0
            if token.kind == "name" and token.text not in ("d",):
                items += 0 if in_script else 1
                in_script = False
                nextone = self.peek(ahead + 1)
                if nextone is not None and nextone.kind == "name":
                    return False
            elif token.kind == "number" and in_script:
                in_script = False
            elif token.kind == "sign" and token.text in ("_", "^"):
                in_script = True
            elif token.kind == "sign" and token.text in (",", ";", "|", "{", "}", ":"):
                pass
            elif token.kind == "sign" and token.text == "*" and items == 0:
                items += 1
            else:
                return False
            ahead += 1

    def arguments(self, close: str) -> tuple[Tree, ...]:
        """Arguments up to a closing bracket; `;` and `|` separate them as a comma does."""
        self.bars.append(1)
        items: list[Tree] = []
        while not self.sees(close):
            if self.accept("*"):
                items.append(Symbol("cdot"))
            elif self.sees_name("dots"):
                items.append(Symbol(self.take().text))
            else:
                items.append(self.expression())
            if not self.accept(",", ";", "|", ":"):
                break
        self.bars.pop()
        self.close(close)
        return tuple(items)

    def close(self, bracket: str) -> None:
        """Take a closing bracket; at the end of the line it may be missing."""
        if (
            self.sees("null")
            or (bracket in (")", "]", "\\}") and self.sees(")", "]", "\\}"))
            or self.sees(bracket)
        ):
            self.take()
        elif self.peek() is not None:
            token = self.tokens[self.at]
            raise Unread(_shown(token), f"{bracket.removeprefix(chr(92))!r} is expected here")

    def postfix(self, base: Tree) -> Tree:
        """Exponents and subscripts behind a factor."""
        while True:
            if self.sees("^"):
                self.take()
                base = self.raised(base)
            elif self.sees("_"):
                self.take()
                base = Subscript(base, self.subscript())
            elif self.sees("'"):
                self.take()
                base = Marked(base, "'")
            else:
                return base

    def raised(self, base: Tree) -> Tree:
        if self.sees("'") or self.sees_name("'"):
            self.take()
            return Marked(base, "'")
        return Power(base, self.argument())

    def argument(self) -> Tree:
        """A group in braces, or one token: of a number only its first digit."""
        token = self.peek()
        if token is not None and token.kind == "number" and token.text[1:].isdigit():
            self.tokens = list(self.tokens)
            first = Token("number", token.text[0], token.start, token.end)
            rest = Token("number", token.text[1:], token.start, token.end)
            self.tokens[self.at : self.at + 1] = [first, rest]
        if self.sees("{"):
            self.take()
            return self.inside("}")
        if self.sees("*"):
            self.take()
            return Symbol("*")
        if self.sees("-", "+"):
            sign = self.take().text
            if not (self.sees_kind("name", "number", "word") or self.sees("{")):
                return Symbol(sign)
            inner = self.argument()
            return Negative(inner) if sign == "-" else inner
        if self.sees_kind("name"):
            return Symbol(self.take().text)
        if self.sees_kind("number"):
            return Number(self.take().text)
        if self.sees_kind("word"):
            return self.word()
        if self.sees("("):
            self.take()
            return self.inside(")")
        return self.atom()

    def inside(self, close: str) -> Tree:
        """An expression up to a closing brace or bracket."""
        self.bars.append(0)
        self.norms.append(0)
        waiting, self.measures = self.measures, 0
        if self.sees("*", "+", "-") and self.sees(close, ahead=1):
            made: Tree = Symbol(self.take().text)
        elif self.sees(close):
            raise Unread("{}", "something is missing in these braces")
        else:
            made = self.expression()
            if self.sees(","):
                made = self.listed(made, "{" + close, close)
        self.measures = waiting
        self.bars.pop()
        self.norms.pop()
        self.close(close)
        return made

    def listed(self, first: Tree, brackets: str, *closes: str) -> Tree:
        items = [first]
        while self.accept(",", ";"):
            if self.sees(*closes):
                break
            if self.sees_name("dots"):
                items.append(Symbol(self.take().text))
            else:
                items.append(self.expression())
        return Group(tuple(items), brackets)

    def group(self, opening: Token) -> Tree:
        """Brackets: an expression, or items with commas; `\\left\\{ array` is cases."""
        close = CLOSES[opening.text]
        if self.sees_kind("begin") and opening.text in ("\\{", "(", "["):
            token = self.tokens[self.at]
            if opening.text == "\\{" and token.text in MATRICES | {"aligned"}:
                self.take()
                made: Tree = self.cases(token)
                self.accept("null", "\\}")
                return made
        self.bars.append(0)
        self.norms.append(0)
        waiting, self.measures = self.measures, 0
        made = self.expression()
        has_list = self.sees(",", ";")
        if has_list:
            made = self.listed(made, opening.text + close, ")", "]", "\\}", "}")
        self.measures = waiting
        self.bars.pop()
        self.norms.pop()
        ending = self.peek()
        self.close(close)
        if has_list and ending is not None and isinstance(made, Group):
            made = Group(made.items, opening.text + ending.text)
        return made

    def between_bars(self, opening: Token) -> Tree:
        depths = self.bars if opening.text == "|" else self.norms
        explicit = opening.bound == "open"
        if explicit:
            self.bars.append(0)
            self.norms.append(0)
        else:
            depths[-1] += 1
        waiting, self.measures = self.measures, 0
        body = self.expression()
        self.measures = waiting
        if explicit:
            self.bars.pop()
            self.norms.pop()
        else:
            depths[-1] -= 1
        if not self.sees(opening.text):
            token = self.peek()
            if token is not None:
                raise Unread(_shown(token), "the bar that opens before this is not closed")
        else:
            self.take()
        return Bars(body) if opening.text == "|" else Norm(body)

    # Environments

    def environment(self, opening: Token) -> Tree:
        if opening.text in CASES:
            return self.cases(opening)
        if opening.text in MATRICES:
            made: Tree = self.matrix(opening)
            if opening.text == "vmatrix":
                return Function("det", (made,))
            return made
        if opening.text in ("aligned", "split", "gathered"):
            made = self.expression()
            self.end(opening)
            return made
        raise Unread(f"\\begin{{{opening.text}}}", "this environment is not known here")

    def end(self, opening: Token) -> None:
        while self.sees_kind("row"):
            self.take()
        token = self.peek()
        if token is None or token.kind != "end":
            raise Unread(f"\\begin{{{opening.text}}}", "this environment is not closed")
        self.take()

    def matrix(self, opening: Token) -> Matrix:
        rows: list[list[Tree]] = [[]]
        empty = True
        while True:
            token = self.peek()
            if token is None:
                raise Unread(f"\\begin{{{opening.text}}}", "this environment is not closed")
            if token.kind == "end":
                break
            if token.kind in ("cell", "row"):
                self.take()
                if empty:
                    rows[-1].append(Symbol(""))
                if token.kind == "row":
                    rows.append([])
                empty = True
            else:
                rows[-1].append(self.cell())
                empty = False
        if empty and rows[-1]:
            rows[-1].append(Symbol(""))
        self.take()
        kept = [tuple(row) for row in rows if row]
        if not kept:
            raise Unread(f"\\begin{{{opening.text}}}", "this matrix is empty")
        return Matrix(tuple(kept))

    def cell(self) -> Tree:
        following = self.peek(1)
        if self.sees("*") and following is not None and following.kind in ("cell", "row", "end"):
            return Symbol(self.take().text)
        self.bars.append(0)
        made = self.expression()
        self.bars.pop()
        self.accept(",", ".", ";")
        return made

    def cases(self, opening: Token) -> Cases:
        rows: list[Case] = []
        while True:
            while self.sees_kind("row"):
                self.take()
            token = self.peek()
            if token is None:
                raise Unread(f"\\begin{{{opening.text}}}", "this environment is not closed")
            if token.kind == "end":
                break
            value = self.cell()
            while self.sees_kind("cell", "quad") or self.sees(",", ":"):
                self.take()
            rows.append(Case(value, self.condition()))
        self.take()
        if not rows:
            raise Unread(f"\\begin{{{opening.text}}}", "there is no case in this")
        return Cases(tuple(rows))

    # Conditions

    def condition(self) -> Tree:
        """Comparisons joined by "and" and "or", up to the end of the row."""
        choices: list[list[Tree]] = [[]]
        while not (self.peek() is None or self.sees_kind("row", "end")):
            token = self.tokens[self.at]
            if token.kind == "text":
                self.take()
                self.words_of(token, choices)
            elif token.kind in ("cell", "quad") or (
                token.kind == "sign" and token.text in (",", ".", ";", "land")
            ):
                self.take()
            elif token.kind == "sign" and token.text == "lor":
                self.take()
                choices.append([])
            elif token.text == "(" and self._is_condition_in_brackets():
                self.take()
                inner = self.comparison()
                self.close(")")
                choices[-1].append(inner)
            else:
                choices[-1].append(self.comparison())
        alternatives = [Every(tuple(group)) for group in choices if group or len(choices) == 1]
        return alternatives[0] if len(alternatives) == 1 else Some(tuple(alternatives))

    def _is_condition_in_brackets(self) -> bool:
        ahead, depth = 0, 0
        while (token := self.peek(ahead)) is not None:
            if token.kind == "sign":
                depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return False
            if token.kind == "relation" and depth == 1:
                return True
            ahead += 1
        return False

    def words_of(self, token: Token, choices: list[list[Tree]]) -> None:
        words = token.text.lower().strip(" .,;:()")
        for word in words.split():
            if word in ("or",):
                choices.append([])
            elif word not in _CONDITION_WORDS:
                raise Unread(token.text, "write the condition as a comparison, for example y < 0")

    def comparison(self) -> Tree:
        left = self.expression()
        made: list[Tree] = []
        while (token := self.peek()) is not None and token.kind == "relation":
            sign = self.take().text
            if sign not in COMPARISONS:
                raise Unread(sign, "a comparison is expected here: <, >, =, or membership")
            right = self.interval() if sign in ("in", "notin") else self.expression()
            made.append(Relation(sign, left, right))
            left = right
        if not made:
            raise Unread(self.last(), "a comparison is expected here, for example y < 0")
        return made[0] if len(made) == 1 else Every(tuple(made))

    def interval(self) -> Tree:
        token = self.peek()
        if token is None or token.text not in ("(", "[", "]", "\\{"):
            return self.expression()
        self.take()
        first = self.expression()
        items = [first]
        while self.accept(",", ";"):
            items.append(self.expression())
        ending = self.take()
        return Group(tuple(items), token.text + ending.text)

    # Words

    def word(self) -> Tree:
        token = self.take()
        name = token.text
        special = {
            "frac": self.fraction,
            "sqrt": self.root,
            "int": self.integral,
            "E": self.expectation,
            "sum": self.big_sum,
            "prod": self.big_product,
            "nabla": self.gradient,
            "partial": self.partial,
            "one": self.indicator,
            "arg": self.arg,
        }
        if name in special:
            return special[name]()
        return self.function(name)

    def function(self, name: str) -> Tree:
        sub, power = None, None
        while self.sees("_", "^"):
            if self.take().text == "_":
                items = self.subscript_or_range()
                sub = items
            else:
                power = self.argument()
        if name in ("argmin", "argmax") or (name in ("min", "max") and sub is not None):
            return self.minimum(name, sub)
        if (
            name not in _PREFIX
            and name not in _HAS_ARGUMENTS
            and not self.sees("(", "[", "\\{", "{")
        ):
            raise Unread(name, "this function is not known; write it in another way")
        if self.sees("(", "[", "\\{") and (name not in _PREFIX or self._lists()):
            bracket = self.take()
            made: Tree = Function(name, self.arguments(CLOSES[bracket.text]), sub)
        elif name in _PREFIX:
            made = self.applied(name, sub)
        else:
            made = Function(name, (self.factor(),), sub)
        if power is not None:
            return Power(made, power)
        return self.postfix(made) if name in _HAS_ARGUMENTS else made

    def _lists(self) -> bool:
        """Whether the bracket that opens here has a comma at its own level."""
        depth, ahead = 0, 0
        while (token := self.peek(ahead)) is not None:
            if token.kind == "sign":
                depth += {"(": 1, "[": 1, "\\{": 1, "{": 1}.get(token.text, 0)
                depth -= {")": 1, "]": 1, "\\}": 1, "}": 1}.get(token.text, 0)
                if depth == 0:
                    return False
                if depth == 1 and token.text == ",":
                    return True
            ahead += 1
        return False

    def subscript_or_range(self) -> Tree:
        """The subscript of a function: an interval, a set, or a condition."""
        if not self.sees("{"):
            return self.argument()
        saved = self.at
        try:
            self.take()
            made = self.interval() if self.sees("[", "(") else self.expression()
            if self.accept("}"):
                return made
        except Unread:
            pass
        self.at = saved
        return Symbol(" ".join(t.text for t in self.braced()))

    def applied(self, name: str, sub: Tree | None) -> Tree:
        """A function of what follows it: of one factor, or of more of the product."""
        operand, power = self.operand_with_power()
        made: Tree = Function(name, (operand,), sub)
        return made if power is None else Power(made, power)

    def operand_with_power(self) -> tuple[Tree, Tree | None]:
        r"""What a prefix applies to; in `\log(x)^2` the exponent may belong to either."""
        if self.sees("(", "[", "\\{"):
            bracket = self.take()
            body = self.group(bracket)
            if self.sees("^") and self.choose(2):
                self.take()
                return body, self.argument()
            return self.postfix(body), None
        return self.widened(self.factor()), None

    def widened(self, first: Tree, usual: int = 0) -> Tree:
        """One factor, or what follows as well: 0 takes none of it, 1 all, 2 one factor more."""
        if not (self.starts_factor() or self.sees("*", "/", "otimes")):
            return first
        how = self.choose(4)
        how = (1 - how if how < 2 else how) if usual else how
        return first if how == 0 else self.product(first, {1: 10_000, 2: 2, 3: 3}[how])

    def minimum(self, name: str, sub: Tree | None) -> Tree:
        """min over a set, or argmin: its body is all that follows."""
        return Function(f"{name} over", (self.expression(),), sub)

    def arg(self) -> Tree:
        token = self.take()
        if token.text not in ("min", "max"):
            raise Unread("\\arg", "min or max is expected after this")
        return self.function(f"arg{token.text}")

    def indicator(self) -> Tree:
        """1_{y > 1}, 1{y > 1}, 1_{[0, 1]}(y), or a vector of ones."""
        inner: list[Token] | None = None
        if self.sees("_") and self.sees("{", ahead=1):
            self.take()
            inner = self.braced()
        elif self.sees("_"):
            self.take()
            return Subscript(Symbol("ones"), (self.argument(),))
        elif self.sees("\\{", "(", "["):
            inner = self._bracketed()
        if inner is None:
            return self.postfix(Symbol("ones"))
        while inner and inner[0].text in ("\\{", "(") and inner[-1].text in ("\\}", ")"):
            inner = inner[1:-1]
        if any(t.kind == "relation" for t in inner):
            part = _Parser(inner, self.vocabulary, {}, depth=self.depth)
            return Function("indicator", (part.condition(),))
        if self.sees("("):
            part = _Parser(inner, self.vocabulary, {}, depth=self.depth)
            interval = part.interval()
            self.take()
            return Function("indicator", (Relation("in", self.inside(")"), interval),))
        return Subscript(Symbol("ones"), (Symbol(" ".join(t.text for t in inner)),))

    def _bracketed(self) -> list[Token]:
        start, depth = self.at, 0
        while self.at < len(self.tokens):
            token = self.take()
            depth += {"(": 1, "[": 1, "\\{": 1}.get(token.text, 0)
            depth -= {")": 1, "]": 1, "\\}": 1}.get(token.text, 0)
            if depth == 0:
                break
        return self.tokens[start + 1 : max(self.at - 1, start + 1)]

    # Fractions and derivatives

    def fraction(self) -> Tree:
        variable = self._derivative_below()
        if variable is None:
            top = self.fraction_argument()
            return self.postfix(Quotient(top, self.fraction_argument()))
        self.take()  # {
        self.take()  # d
        if self.accept("^"):
            raise Unread("second derivative", "only first derivatives are read")
        body = None if self.sees("}") else self.expression()
        self.close("}")
        self.take()
        self.take()
        var = self.expression()
        self.close("}")
        if body is not None:
            return self.postfix(Differential(body, var))
        return self.derived(var)

    def fraction_argument(self) -> Tree:
        if self.peek() is None:
            raise Unread("\\frac", "a fraction has a numerator and a denominator")
        if self.sees("{") and self.sees("}", ahead=1):
            raise Unread("\\frac", "a fraction has a numerator and a denominator")
        if not (self.sees("{") or self.sees_kind("name", "number", "word")):
            raise Unread("\\frac", "a fraction has a numerator and a denominator")
        return self.argument()

    def _derivative_below(self) -> bool | None:
        """True if this fraction is a derivative: d or partial begins both of its parts."""
        if not (
            self.sees("{") and (self.sees_name("d", ahead=1) or self.sees_word("partial", ahead=1))
        ):
            return None
        ahead, depth = 0, 0
        while (token := self.peek(ahead)) is not None:
            if token.kind == "sign":
                depth += {"{": 1, "}": -1}.get(token.text, 0)
            ahead += 1
            if depth == 0:
                break
        below = self.sees("{", ahead=ahead) and (
            self.sees_name("d", ahead=ahead + 1) or self.sees_word("partial", ahead=ahead + 1)
        )
        return True if below else None

    def derived(self, variable: Tree | None) -> Tree:
        """The derivative of what follows."""
        if self.peek() is None or not (self.starts_factor() or self.sees("*")):
            raise Unread(self.last(), "a derivative needs something to differentiate after it")
        self.accept("*")
        if self.sees("(", "[", "\\{"):  # what is in brackets is what is meant
            return Differential(self.postfix(self.group(self.take())), variable)
        return Differential(self.widened(self.factor()), variable)

    def gradient(self) -> Tree:
        variable = None
        if self.sees("_"):
            self.take()
            subs = self.subscript()
            variable = subs[0] if len(subs) == 1 else Group(subs, "()")
        if self.sees("^"):
            raise Unread("second derivative", "only first derivatives are read")
        return self.derived(variable)

    def partial(self) -> Tree:
        if self.sees("_"):
            return self.gradient()
        if self.sees("/"):
            return self.slashed_derivative(taken=True)
        if self.sees("^"):
            raise Unread("second derivative", "only first derivatives are read")
        body = self.factor()
        if self.sees("/") and self.sees_word("partial", ahead=1):
            self.take()
            self.take()
            return Differential(body, self.denominator())
        return Differential(body, None)

    def slashed_derivative(self, taken: bool = False) -> Tree:
        """d/dphi or partial/partial phi, and what it is applied to."""
        if not taken:
            self.take()
        self.take()
        if not (self.sees_name("d") or self.sees_word("partial")):
            if taken:
                raise Unread("\\partial", "a derivative needs something to differentiate")
            return self.postfix(Quotient(Symbol("d"), self.factor()))
        self.take()
        return self.derived(self.denominator())

    def denominator(self) -> Tree:
        token = self.take()
        if token.kind != "name":
            raise Unread(_shown(token), "a letter is expected here")
        return self.decorated(Symbol(token.text))

    def root(self) -> Tree:
        return self.postfix(Power(self.argument(), Quotient(Number("1"), Number("2"))))

    # Integrals, expectations, sums

    def limits(self) -> tuple[list[Token], list[Token]]:
        """The tokens below and above a big sign."""
        parts: dict[str, list[Token]] = {"_": [], "^": []}
        while self.sees("_", "^"):
            which = self.take().text
            parts[which] = self.braced() if self.sees("{") else self._one()
        return parts["_"], parts["^"]

    def _one(self) -> list[Token]:
        start = self.at
        if self.sees("-", "+"):
            self.take()
        token = self.take()
        if token.kind == "number" and len(token.text) > 1:
            raise Unread(token.text, "put the limits in braces")
        return self.tokens[start : self.at]

    def sub_tree(self, tokens: list[Token]) -> Tree | None:
        if not tokens:
            return None
        try:
            return _Parser(tokens, self.vocabulary, {}, depth=self.depth).whole()
        except Unread:
            return Symbol(" ".join(t.text for t in tokens))

    def integral(self) -> Tree:
        below, above = self.limits()
        lower, upper = self.sub_tree(below), self.sub_tree(above)
        if self.at_measure():
            variable = self.measure()
            self.accept("*")
            return Integrated(self.body_of_term(), variable, lower, upper)
        if not self._measure_ahead():
            return Integrated(self.body_of_term(), None, lower, upper)
        self.measures += 1
        body = self.expression()
        self.measures -= 1
        self.accept("*")
        if not self.at_measure():
            token = self.peek()
            raise Unread(_shown(token) if token else "\\int", "the integral's dz is expected here")
        return self.postfix(Integrated(body, self.measure(), lower, upper))

    def body_of_term(self) -> Tree:
        """All factors up to the next + or -."""
        if self.peek() is None:
            raise Unread("\\int", "an integral needs an integrand")
        sign = -1 if self.accept("-") else 1
        waiting, self.measures = self.measures, 0
        body = self.term()
        self.measures = waiting
        return body if sign == 1 else Negative(body)

    def _measure_ahead(self) -> bool:
        """Whether this integral's dz follows at this level of brackets."""
        depth, pending, saved = 0, 0, self.at
        try:
            while self.at < len(self.tokens):
                token = self.tokens[self.at]
                if token.kind == "sign":
                    depth += {"(": 1, "[": 1, "\\{": 1, "{": 1}.get(token.text, 0)
                    depth -= {")": 1, "]": 1, "\\}": 1, "}": 1}.get(token.text, 0)
                if depth < 0 or token.kind in ("row", "relation"):
                    return False
                if depth == 0 and token.kind == "word" and token.text == "int":
                    pending += 1
                if depth == 0 and self.at_measure() and not self._below_fraction():
                    if pending == 0:
                        return True
                    pending -= 1
                self.at += 1
            return False
        finally:
            self.at = saved

    def _below_fraction(self) -> bool:
        before = self.tokens[self.at - 1] if self.at else None
        return before is not None and before.text == "/"

    def expectation(self) -> Tree:
        variable: Tree | None = None
        distribution: Tree | None = None
        while self.sees("_", "^"):
            if self.take().text == "_":
                inner = self.braced() if self.sees("{") else self._one()
                variable, distribution = self.distributed(inner)
            else:
                self.argument()
        if self.sees("(", "[", "\\{"):
            bracket = self.take()
            return self.postfix(Expectation(self.group(bracket), variable, distribution))
        if not self.starts_factor():
            raise Unread("E", "an expectation needs something in brackets after it")
        return Expectation(self.widened(self.factor(), usual=1), variable, distribution)

    def distributed(self, tokens: list[Token]) -> tuple[Tree | None, Tree | None]:
        """The variable and the distribution in the subscript of an expectation."""
        place = next((i for i, t in enumerate(tokens) if t.text == "sim"), -1)
        if place < 0:
            return None, self.sub_tree(tokens)
        return self.sub_tree(tokens[:place]), self.sub_tree(tokens[place + 1 :])

    def big_sum(self) -> Tree:
        return self.big("sum")

    def big_product(self) -> Tree:
        return self.big("prod")

    def big(self, kind: str) -> Tree:
        below, above = self.limits()
        place = next((i for i, t in enumerate(below) if t.kind == "relation"), len(below))
        names = [t for t in below[:place] if t.kind == "name"]
        indices = tuple(Symbol(t.text) for t in names)
        after = below[place + 1 :]
        is_equal = place < len(below) and below[place].text == "="
        lower = self.sub_tree(_first(after)) if is_equal else None
        upper = self.sub_tree(above)
        if is_equal and not above and len(after) > 1:
            upper = self.sub_tree(_last(after))
        if place < len(below) and not is_equal:
            lower = Symbol(" ".join(t.text for t in below[place:]))
        if self.sees("(", "[", "\\{"):
            first: Tree = self.postfix(self.group(self.take()))
        else:
            first = self.signed_factor()
        body = self.widened(first, usual=1)
        if self.sees("+", "-") and self.choose(2):
            body = self.sum_from(body)
        return Big(kind, indices, lower, upper, body)

    def sum_from(self, first: Tree) -> Tree:
        terms = [first]
        while self.sees("+", "-"):
            terms.append(self.signed_term())
        return Sum(tuple(terms))


_CONDITION_WORDS = frozenset(
    [
        "if",
        "when",
        "for",
        "and",
        "whenever",
        "where",
        "in",
        "case",
        "the",
        "otherwise",
        "else",
        "o.w.",
        "ow",
        "o.w",
        "otherwise.",
        "also",
        "that",
        "is",
        "both",
        "all",
        "other",
        "cases",
        "i.e",
        "any",
        "every",
        "with",
        "elsewhere",
    ]
) | {"o.w"}


def _first(tokens: list[Token]) -> list[Token]:
    """The tokens before the first comma."""
    place = next((i for i, t in enumerate(tokens) if t.text in (",", "dots")), len(tokens))
    return tokens[:place]


def _last(tokens: list[Token]) -> list[Token]:
    """The tokens after the last comma or the dots."""
    place = max((i for i, t in enumerate(tokens) if t.text in (",", "dots")), default=-1)
    return tokens[place + 1 :]


def _times(left: Tree, right: Tree) -> Tree:
    factors = (*left.factors, right) if isinstance(left, Product) else (left, right)
    return Product(factors)


def _shown(token: Token) -> str:
    if token.kind in ("begin", "end"):
        return f"\\{token.kind}{{{token.text}}}"
    return {"row": "\\\\", "cell": "&"}.get(token.kind, token.text.removeprefix("\\"))


__all__ = ["OTHERWISE", "Vocabulary", "parse", "parse_condition", "readings"]
