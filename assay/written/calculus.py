"""The grammar of fractions, derivatives, integrals, expectations, sums and products."""

from __future__ import annotations

from assay.written.brackets import Brackets
from assay.written.cursor import shown
from assay.written.tokens import Token
from assay.written.tree import (
    Big,
    Differential,
    Expectation,
    Group,
    Integrated,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    Symbol,
    Tree,
    Unread,
)


class Calculus(Brackets):
    """Fractions, derivatives, integrals, expectations, sums and products."""

    def fraction(self) -> Tree:
        """A fraction, or a derivative written as one."""
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
        """The numerator or denominator of a fraction."""
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
        """A gradient with or without its variable."""
        variable = None
        if self.sees("_"):
            self.take()
            subs = self.subscript()
            variable = subs[0] if len(subs) == 1 else Group(subs, "()")
        if self.sees("^"):
            raise Unread("second derivative", "only first derivatives are read")
        return self.derived(variable)

    def partial(self) -> Tree:
        """A partial derivative that is not written as a fraction."""
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
        r"""The variable below a d or \partial."""
        token = self.take()
        if token.kind != "name":
            raise Unread(shown(token), "a letter is expected here")
        return self.decorated(Symbol(token.text))

    def root(self) -> Tree:
        """A square root."""
        return self.postfix(Power(self.argument(), Quotient(Number("1"), Number("2"))))

    def limits(self) -> tuple[list[Token], list[Token]]:
        """The tokens below and above a big sign."""
        parts: dict[str, list[Token]] = {"_": [], "^": []}
        while self.sees("_", "^"):
            which = self.take().text
            parts[which] = self.braced() if self.sees("{") else self._one()
        return parts["_"], parts["^"]

    def sub_tree(self, tokens: list[Token]) -> Tree | None:
        """What tokens under or over a sign mean; a word where that is no formula."""
        if not tokens:
            return None
        try:
            return type(self)(tokens, self.vocabulary, {}, depth=self.depth).whole()
        except Unread:
            return Symbol(" ".join(t.text for t in tokens))

    def integral(self) -> Tree:
        """An integral with its measure at either end."""
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
            raise Unread(shown(token) if token else "\\int", "the integral's dz is expected here")
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
        """An expectation, from its subscript on."""
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

    def between_angles(self) -> Tree:
        r"""An expectation as \langle f \rangle_q, after the first bracket."""
        body = self.inside(">")
        if not self.sees("_"):
            raise Unread("\\langle", "say of what the mean is taken: \\langle f \\rangle_{q}")
        self.take()
        inner = self.braced() if self.sees("{") else self._one()
        return self.postfix(Expectation(body, *self.distributed(inner)))

    def distributed(self, tokens: list[Token]) -> tuple[Tree | None, Tree | None]:
        """The variable and the distribution in the subscript of an expectation."""
        place = next((i for i, t in enumerate(tokens) if t.text == "sim"), -1)
        if place < 0:
            return None, self.sub_tree(tokens)
        return self.sub_tree(tokens[:place]), self.sub_tree(tokens[place + 1 :])

    def big_sum(self) -> Tree:
        """A sum over an index."""
        return self.big("sum")

    def big_product(self) -> Tree:
        """A product over an index."""
        return self.big("prod")

    def big(self, kind: str) -> Tree:
        """A sum or product over an index, from its limits on."""
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
        """A sum whose first term was read."""
        terms = [first]
        while self.sees("+", "-"):
            terms.append(self.signed_term())
        return Sum(tuple(terms))


def _first(tokens: list[Token]) -> list[Token]:
    """The tokens before the first comma."""
    place = next((i for i, t in enumerate(tokens) if t.text in (",", "dots")), len(tokens))
    return tokens[:place]


def _last(tokens: list[Token]) -> list[Token]:
    """The tokens after the last comma or the dots."""
    place = max((i for i, t in enumerate(tokens) if t.text in (",", "dots")), default=-1)
    return tokens[place + 1 :]
