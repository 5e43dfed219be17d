r"""A recursive-descent parser from tokens to trees, which can read a formula in each possible way.

Written mathematics leaves scope open: in `\nabla \log q f` the derivative may end after q or after
f. At each such place the parser makes a choice; `readings` parses again with other choices, those
that people mean most often first. Every parse ends: it moves on, within limits of size and depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from assay.written.cursor import CLOSES, Vocabulary
from assay.written.functions import Functions
from assay.written.tokens import Token
from assay.written.tree import OTHERWISE, Tree, Unread

MOST_READINGS = 48  # of one formula
MOST_STEPS = 60_000  # tokens read for one formula, in all its readings

NOTHING_KNOWN = Vocabulary()


def parse(tokens: Sequence[Token], vocabulary: Vocabulary = NOTHING_KNOWN) -> Tree:
    """The usual reading of a formula.

    Raises:
        Unread: it is no formula; names the token.
    """
    return Functions(_closed(tokens), vocabulary, {}).whole()


def readings(tokens: Sequence[Token], vocabulary: Vocabulary = NOTHING_KNOWN) -> Iterator[Tree]:
    """Every reading of a formula, the usual one first, each once, at most MOST_READINGS.

    Raises:
        Unread: it cannot be read in the usual way.
    """
    tokens = _closed(tokens)
    first = Functions(list(tokens), vocabulary, {})
    seen = {first.whole()}
    yield from seen
    steps = first.steps
    for plan in islice(_plans(first.options), 4 * MOST_READINGS):
        parser = Functions(list(tokens), vocabulary, plan)
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
    parser = Functions(list(tokens), vocabulary, {})
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


__all__ = ["OTHERWISE", "Vocabulary", "parse", "parse_condition", "readings"]
