"""The grammar of brackets, bars, matrices, cases and their conditions."""

from __future__ import annotations

from assay.written.cursor import CLOSES, shown
from assay.written.terms import Terms
from assay.written.tokens import Token
from assay.written.tree import (
    Bars,
    Case,
    Cases,
    Every,
    Function,
    Group,
    Matrix,
    Norm,
    Relation,
    Some,
    Symbol,
    Tree,
    Unread,
)

MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"}
CASES = {"cases", "dcases", "rcases"}
_APART = ("quad", "cell")
COMPARISONS = ("<", ">", "<=", ">=", "=", "!=", "in", "notin")
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


class Brackets(Terms):
    """Brackets, bars, matrices and cases."""

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
        """What stands between bars, after the first: a determinant, a size, a norm."""
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
                raise Unread(shown(token), "the bar that opens before this is not closed")
        else:
            self.take()
        return Bars(body) if opening.text == "|" else Norm(body)

    def environment(self, opening: Token) -> Tree:
        r"""A matrix or cases, after their \begin."""
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
        r"""The \end of an environment."""
        while self.sees_kind("row"):
            self.take()
        token = self.peek()
        if token is None or token.kind != "end":
            raise Unread(f"\\begin{{{opening.text}}}", "this environment is not closed")
        self.take()

    def matrix(self, opening: Token) -> Matrix:
        """The rows of a matrix."""
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
        """One entry of a matrix, which may be empty or an asterisk."""
        following = self.peek(1)
        if self.sees("*") and following is not None and following.kind in ("cell", "row", "end"):
            return Symbol(self.take().text)
        self.bars.append(0)
        made = self.expression()
        self.bars.pop()
        self.accept(",", ".", ";")
        return made

    def cases(self, opening: Token) -> Cases:
        """The rows of cases: each a value and its condition."""
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

    def condition(self) -> Tree:
        """Comparisons joined by "and" and "or", up to the end of the row."""
        choices: list[list[Tree]] = [[]]
        while not (self.peek() is None or self.sees_kind("row", "end")):
            token = self.tokens[self.at]
            if token.text == "(" and choices[-1] and self.tokens[self.at - 1].kind in _APART:
                self._skip_remark()
            elif token.kind == "text":
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

    def _skip_remark(self) -> None:
        """Pass over brackets after a condition, apart from it: values of the multipliers there."""
        depth = 0
        while (token := self.peek()) is not None:
            self.take()
            if token.kind == "sign":
                depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return

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
        """Take the words of a condition, of which "or" begins another choice."""
        words = token.text.lower().strip(" .,;:()")
        for word in words.split():
            if word in ("or",):
                choices.append([])
            elif word not in _CONDITION_WORDS:
                raise Unread(token.text, "write the condition as a comparison, for example y < 0")

    def comparison(self) -> Tree:
        """A chain of comparisons, such as 0 <= y < 1."""
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
        """An interval, a set of values, or what else may stand after `in`."""
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
