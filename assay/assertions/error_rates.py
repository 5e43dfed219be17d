"""What a statistical assertion promises: its false-reject rate, and the error that it detects.

All statistical assertions of a run together reject a correct submission with probability at most
`RUN_BUDGET`. Each of them gets an equal part of it, `FALSE_REJECT_RATE`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from scipy import special

from assay.verdict import Broken, Wrong

RUN_BUDGET = 1e-6
# The smallest probability that a message states: smaller ones would rest on the far tails of
# approximate distributions.
SMALLEST_STATED = 1e-12
ASSERTIONS = 50  # the most statistical assertions in a run; a test counts them
FALSE_REJECT_RATE = RUN_BUDGET / ASSERTIONS
POWER = 0.999  # the probability of detecting the smallest error that a message states


class Terms(NamedTuple):
    """The terms of a statistical assertion.

    Attributes:
        rate: the false-reject rate: a correct program fails with at most this probability.
        samples: what was judged, for example "3000 samples".
        smallest: the smallest error that is detected with probability `POWER`.
        error: the kind of that error, for example "an error of".
        assumes: what these figures assume, for example "independent samples".
    """

    rate: float
    samples: str
    smallest: float
    error: str
    assumes: str

    def __str__(self) -> str:
        return (
            f"for {self.samples}; this check rejects a correct program {once_in(self.rate)} and "
            f"detects {self.error} {self.smallest:.2g} with probability {POWER} "
            f"(assumes {self.assumes})"
        )


_noted: ContextVar[list[Terms] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[list[Terms]]:
    """The terms of the statistical assertions that are made inside."""
    terms: list[Terms] = []
    token = _noted.set(terms)
    try:
        yield terms
    finally:
        _noted.reset(token)


def settle(holds: bool, evidence: str, allowed: str, terms: Terms, hint: str) -> Terms:
    """Pass or fail a statistical assertion; every one of them ends here.

    Returns:
        The terms, unchanged.
    Raises:
        Broken: what was expected is not a number, which is the check's mistake.
        Wrong: it fails; the message has the evidence, what was allowed and the terms.
    """
    if not 0 <= terms.rate < 1 or math.isnan(terms.smallest):
        raise Broken(f"a fault of the kit, not of the submission: it cannot be judged {terms}")
    ledger = _noted.get()
    if ledger is not None:
        ledger.append(terms)
    if not holds:
        raise Wrong(f"{evidence}\nallowed {allowed} {terms}", hint=hint)
    return terms


def normal_quantile(rate: float = FALSE_REJECT_RATE) -> float:
    """z with P(|N(0, 1)| > z) = rate: 5.61 for `FALSE_REJECT_RATE`."""
    return float(-special.ndtri(rate / 2))


def once_in(probability: float) -> str:
    """A small probability in words: "less than once in 2*10^4 runs"; never below 10^-12."""
    runs = 1 / max(probability, SMALLEST_STATED)
    if runs < 10_000:
        return f"less than once in {int(runs)} runs"
    exponent = math.floor(math.log10(runs))
    # Rounded down, so that the claim stays true.
    leading = int(runs / 10**exponent)
    return f"less than once in {'' if leading == 1 else f'{leading}*'}10^{exponent} runs"
