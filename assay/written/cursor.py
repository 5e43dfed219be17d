"""A place among the tokens of a formula: looking ahead, moving on, choosing, and the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.written.tokens import Token
from assay.written.tree import Tree, Unread

DEEPEST = 100  # levels of nesting, of formulas, terms and factors
CLOSES = {"(": ")", "[": "]", "\\{": "\\}", "{": "}", "<": ">"}


@dataclass(frozen=True)
class Vocabulary:
    """What the letters mean for the parser.

    Attributes:
        functions: letters that take any argument in brackets: f in f(Ax).
        values: letters that never take one: n in n(m + 1).
        variables: letters that derivatives are in: phi, so that D_phi is d/dphi.
        primed: letters that depend on them: with one of these, a prime is a derivative.
    """

    functions: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    primed: frozenset[str] = frozenset()


@dataclass
class Cursor:
    """Where a parser is in a formula.

    Attributes:
        plan: the choice to make at each place where there are several; the usual one is 0.
        options: how many there were at each place so far.
        at: the next token.
        bars, norms: how many are open, at each level of brackets.
        measures: integrals that wait for their dz.
    """

    tokens: list[Token]
    vocabulary: Vocabulary
    plan: dict[int, int]
    options: list[int] = field(default_factory=list)
    at: int = 0
    depth: int = 0
    steps: int = 0
    bars: list[int] = field(default_factory=lambda: [0])
    norms: list[int] = field(default_factory=lambda: [0])
    measures: int = 0

    def peek(self, ahead: int = 0) -> Token | None:
        """The token that comes after `ahead` others; None at the end."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def sees(self, *texts: str, ahead: int = 0) -> bool:
        """Whether a sign or relation of these comes after `ahead` tokens."""
        token = self.peek(ahead)
        return token is not None and token.kind in ("sign", "relation") and token.text in texts

    def sees_word(self, *texts: str, ahead: int = 0) -> bool:
        """Whether a command of these, such as "log", comes after `ahead` tokens."""
        token = self.peek(ahead)
        return token is not None and token.kind == "word" and token.text in texts

    def sees_name(self, *texts: str, ahead: int = 0) -> bool:
        """Whether a letter, or one of these letters, comes after `ahead` tokens."""
        token = self.peek(ahead)
        return token is not None and token.kind == "name" and (not texts or token.text in texts)

    def sees_kind(self, *kinds: str) -> bool:
        """Whether a token of these kinds comes next."""
        token = self.peek()
        return token is not None and token.kind in kinds

    def take(self) -> Token:
        """The next token, which is then behind.

        Raises:
            Unread: the formula ends here.
        """
        token = self.peek()
        if token is None:
            raise Unread(self.last(), "something is missing after this")
        self.steps += 1
        self.at += 1
        return token

    def accept(self, *texts: str) -> bool:
        """Take one of these signs if it comes next, and say whether it did."""
        if self.sees(*texts):
            self.take()
            return True
        return False

    def last(self) -> str:
        """The text of the token that was taken last, for a message."""
        return self.tokens[self.at - 1].text if 0 < self.at <= len(self.tokens) else "the line"

    def choose(self, count: int) -> int:
        """Which of `count` ways of reading goes on here, by the plan."""
        self.options.append(count)
        return self.plan.get(len(self.options) - 1, 0)

    def expect_end(self) -> None:
        """Check that the formula ends here.

        Raises:
            Unread: it does not; names the token.
        """
        token = self.peek()
        if token is None:
            return
        if token.text in (")", "]", "\\}", "}"):
            raise Unread(token.text, "this bracket closes nothing; remove it")
        raise Unread(shown(token), f"after {self.last()!r} this cannot follow")

    def nested(self, read: Callable[[], Tree]) -> Tree:
        """What is read one level deeper.

        Raises:
            Unread: there are too many levels.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unread(self.last(), "this is nested too deeply; name a part of it")
        made = read()
        self.depth -= 1
        return made

    def _one(self) -> list[Token]:
        start = self.at
        if self.sees("-", "+"):
            self.take()
        token = self.take()
        if token.kind == "number" and len(token.text) > 1:
            raise Unread(token.text, "put the limits in braces")
        return self.tokens[start : self.at]


def shown(token: Token) -> str:
    """A token as a student wrote it, for a message."""
    if token.kind in ("begin", "end"):
        return f"\\{token.kind}{{{token.text}}}"
    return {"row": "\\\\", "cell": "&"}.get(token.kind, token.text.removeprefix("\\"))
