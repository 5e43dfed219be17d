"""The grammar of words: functions with or without brackets, minima, indicators."""

from __future__ import annotations

from assay.written.calculus import Calculus
from assay.written.cursor import CLOSES
from assay.written.tokens import Token
from assay.written.tree import Function, Power, Relation, Subscript, Symbol, Tree, Unread

# Functions of one argument that may be written without brackets.
_PREFIX = {"log", "exp", "det", "diag", "tr", "sign", "vec", "abs", "relu", "total", "product"}
_HAS_ARGUMENTS = {"min", "max", "clip", "median", "proj", "argmin", "argmax"}


class Functions(Calculus):
    """Words that are functions or operators."""

    def word(self) -> Tree:
        """What begins with a command: a function, an operator, a fraction."""
        token = self.take()
        name = token.text
        if name == "counted":
            return self.postfix(Function(name, (self.argument(), self.argument())))
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
        """A function with its indices, power and argument."""
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

    def minimum(self, name: str, sub: Tree | None) -> Tree:
        """min over a set, or argmin: its body is all that follows."""
        return Function(f"{name} over", (self.expression(),), sub)

    def arg(self) -> Tree:
        r"""\arg\min or \arg\max."""
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
            part = type(self)(inner, self.vocabulary, {}, depth=self.depth)
            return Function("indicator", (part.condition(),))
        if self.sees("("):
            part = type(self)(inner, self.vocabulary, {}, depth=self.depth)
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
