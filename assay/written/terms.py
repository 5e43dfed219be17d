"""The grammar of sums, products, powers and calls: what every formula is made of."""

from __future__ import annotations

from abc import abstractmethod

from assay.written.cursor import CLOSES, Cursor, shown
from assay.written.tokens import Token
from assay.written.tree import (
    Call,
    Differential,
    Function,
    Group,
    Marked,
    Negative,
    Number,
    PlusMinus,
    Power,
    Product,
    Quotient,
    Subscript,
    Sum,
    Symbol,
    Tree,
    Unread,
    names,
)

_NOT_A_FACTOR = {"text", "relation", "then", "row", "cell", "quad", "end"}


class Terms(Cursor):
    """Sums, products, powers and calls; other parts of the grammar give the rest."""

    # What other parts of the grammar read.

    @abstractmethod
    def word(self) -> Tree:
        """What begins with a command: a function, an operator, a fraction."""

    @abstractmethod
    def slashed_derivative(self, taken: bool = False) -> Tree:
        r"""A derivative as d/dx f or \partial/\partial x f, from its first sign on."""

    @abstractmethod
    def expectation(self) -> Tree:
        """An expectation, from its subscript on."""

    @abstractmethod
    def gradient(self) -> Tree:
        """A gradient, from its subscript on."""

    @abstractmethod
    def between_angles(self) -> Tree:
        r"""An expectation as \langle f \rangle_q, after the first bracket."""

    @abstractmethod
    def environment(self, opening: Token) -> Tree:
        r"""A matrix or cases, after their \begin."""

    @abstractmethod
    def between_bars(self, opening: Token) -> Tree:
        """What stands between bars, after the first."""

    @abstractmethod
    def group(self, opening: Token) -> Tree:
        """What stands in brackets, after the first."""

    def whole(self) -> Tree:
        """The whole formula.

        Raises:
            Unread: it is none; names the token.
        """
        made = self.expression()
        self.expect_end()
        return made

    def expression(self) -> Tree:
        """Terms with + and - between them."""
        return self.nested(self.terms)

    def terms(self) -> Tree:
        """The same, one level less deep."""
        terms = [self.signed_term()]
        while self.sees("+", "-", "pm"):
            terms.append(self.signed_term())
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def signed_term(self) -> Tree:
        """A term after any number of signs."""
        return self.nested(self.term_with_sign)

    def term_with_sign(self) -> Tree:
        """The same, one level less deep."""
        if self.accept("+"):
            return self.signed_term()
        if self.accept("-"):
            return Negative(self.signed_term())
        if self.accept("pm"):
            return PlusMinus(self.signed_term())
        return self.term()

    def term(self) -> Tree:
        """A product of factors."""
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
        """A factor that may have a minus."""
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
            return token.text in ("(", "[", "\\{", "{", "<") and token.bound != "close"
        return not (self.measures and self.at_measure())

    def at_measure(self) -> bool:
        """Whether dz stands here."""
        if not self.sees_name("d"):
            return False
        ahead = 1
        if self.sees("^", ahead=1):  # d^k z
            ahead = 5 if self.sees("{", ahead=2) else 3
        token = self.peek(ahead)
        if token is None:
            return False
        if token.text == "{":
            return self.sees_name(ahead=ahead + 1) and self.sees("}", ahead=ahead + 2)
        return token.kind == "name" and token.text not in ("d",)

    def measure(self) -> Tree:
        """The z of a dz."""
        self.take()
        if self.accept("^"):
            self.argument()
        if self.accept("{"):
            made: Tree = Symbol(self.take().text)
            self.accept("}")
        else:
            made = Symbol(self.take().text)
        while self.sees("_", "^"):
            self.take()
            self.argument()
        return made

    def factor(self) -> Tree:
        """What a product is made of."""
        return self.nested(self.factor_here)

    def factor_here(self) -> Tree:
        """The same, one level less deep."""
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
        if token.text == "D" and self.sees("_", ahead=1) and self._is_derived_by():
            self.take()
            return self.gradient()
        return self.postfix(self.atom())

    def _is_derived_by(self) -> bool:
        """Whether a subscript is what this homework differentiates by: then D_phi is d/dphi."""
        ahead = 3 if self.sees("{", ahead=2) else 2
        variables = self.vocabulary.variables
        return bool(variables) and self.sees_name(*variables, ahead=ahead)

    def atom(self) -> Tree:
        """A number, a letter, or something in brackets, bars or an environment."""
        token = self.take()
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "name":
            return self.symbol(token)
        if token.kind == "begin":
            return self.environment(token)
        if token.kind == "sign" and token.text in ("|", "norm"):
            return self.between_bars(token)
        if token.kind == "sign" and token.text == "<":
            return self.between_angles()
        if token.kind == "sign" and token.text in ("(", "[", "\\{", "{"):
            return self.group(token)
        if token.kind == "sign" and token.text == "]" and self.depth:
            raise Unread("]", "this bracket closes nothing; remove it")
        if token.kind == "text":
            raise Unread(token.text, "write this as a formula")
        if token.kind == "command":
            raise Unread(f"\\{token.text}", "this command is not known; write it in another way")
        raise Unread(shown(token), "a number, a letter or a bracket is expected here")

    def symbol(self, token: Token) -> Tree:
        """A letter with its indices and arguments."""
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
                if self._is_primed(base):
                    return Differential(self.called(self.decorated(base)), None)
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
        """The indices after `_`, without brackets."""
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
        if isinstance(head, (Marked, Differential)):
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
            raise Unread(shown(token), f"{bracket.removeprefix(chr(92))!r} is expected here")

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
                base = self._with_prime(base)
            else:
                return base

    def _is_primed(self, base: Tree) -> bool:
        """Whether a prime is a derivative: of what depends on the letter that is differentiated."""
        return bool(names(base) & self.vocabulary.primed)

    def _with_prime(self, base: Tree) -> Tree:
        return Differential(base, None) if self._is_primed(base) else Marked(base, "'")

    def raised(self, base: Tree) -> Tree:
        """A base with what stands after `^`."""
        if self.sees("'") or self.sees_name("'"):
            self.take()
            return self._with_prime(base)
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
        """Several expressions in brackets, after the first, with commas between."""
        items = [first]
        while self.accept(",", ";"):
            if self.sees(*closes):
                break
            if self.sees_name("dots"):
                items.append(Symbol(self.take().text))
            else:
                items.append(self.expression())
        return Group(tuple(items), brackets)

    def widened(self, first: Tree, usual: int = 0) -> Tree:
        """One factor, or what follows as well: 0 takes none of it, 1 all, 2 one factor more."""
        if not (self.starts_factor() or self.sees("*", "/", "otimes")):
            return first
        how = self.choose(4)
        how = (1 - how if how < 2 else how) if usual else how
        return first if how == 0 else self.product(first, {1: 10_000, 2: 2, 3: 3}[how])


def _times(left: Tree, right: Tree) -> Tree:
    factors = (*left.factors, right) if isinstance(left, Product) else (left, right)
    return Product(factors)
