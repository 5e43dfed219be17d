"""What a statistical assertion promises: how often it errs, and what it can see.

A run's statistical assertions together refuse a correct submission with probability at most
`RUN_BUDGET`; each is given a share of it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy import special

from assay.verdict import Wrong

RUN_BUDGET = 1e-6
RAREST = 1e-12  # that is stated: what is rarer rests on the far tails of approximate laws
ASSERTIONS = 50  # at most so many in a run: a test counts them
SHARE = RUN_BUDGET / ASSERTIONS
POWER = 0.999  # the chance with which the smallest error told is caught


class Terms(NamedTuple):
    """The terms of an assertion.

    Attributes:
        share: a correct program fails it with at most this probability.
        samples: what was judged, "3000 samples".
        smallest: the smallest error that it catches with probability `POWER`.
        error: what sort of error that is, "an error of".
        assumes: what must hold for these figures, "independent samples".
    """

    share: float
    samples: str
    smallest: float
    error: str
    assumes: str

    def __str__(self) -> str:
        return (
            f"from {self.samples}; this rejects a correct program {once_in(self.share)} and "
            f"detects {self.error} {self.smallest:.2g} with probability {POWER}, assuming "
            f"{self.assumes}"
        )


def settle(holds: bool, evidence: str, allowed: str, terms: Terms, hint: str) -> Terms:
    """Pass or fail a statistical assertion; every one of the kit ends here.

    Returns:
        Its terms.
    Raises:
        Wrong: it fails; the message has the evidence, what was allowed and the terms.
    """
    if not holds:
        raise Wrong(f"{evidence}\nallowed {allowed}, {terms}", hint=hint)
    return terms


def normal_quantile(share: float = SHARE) -> float:
    """z with P(|N(0, 1)| > z) = share: 5.61 for one share."""
    return float(-special.ndtri(share / 2))


def once_in(chance: float) -> str:
    """A small chance, at least RAREST, as a student reads it: "less than once in 2*10^4 runs"."""
    runs = 1 / max(chance, RAREST)
    if runs < 10_000:
        return f"less than once in {int(runs)} runs"
    exponent = math.floor(math.log10(runs))
    # Rounded down, so that the claim stays true.
    leading = int(runs / 10**exponent)
    return f"less than once in {'' if leading == 1 else f'{leading}*'}10^{exponent} runs"
