"""Statistical assertions: one function for each kind of random result.

Each returns its terms, and raises Wrong where the result is implausible for a correct program.
`rate` is always the false-reject rate, `what` the name of the result in the message.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from assay.assertions.error_rates import (
    FALSE_REJECT_RATE,
    POWER,
    Terms,
    normal_quantile,
    once_in,
    settle,
)
from assay.assertions.mean_distribution import MeanDistribution

Floats = NDArray[np.float64]

# Allowance for draws with heavy tails: a factor on the variance of a sample variance.
HEAVY_TAILS = 1.25
# Standard errors between a threshold and an error that is detected with probability POWER.
POWER_QUANTILE = float(special.ndtri(POWER))


def expect_drawn_from(
    value: float,
    distributions: Sequence[MeanDistribution],
    *,
    what: str,
    rate: float = FALSE_REJECT_RATE,
    rounding: float = 0.0,
    hint: str = "",
) -> Terms:
    """Check that a mean is plausible under one of the exact distributions of correct programs.

    `rounding` is how far a reported value may be from the computed one.

    Raises:
        Wrong: it lies outside the band of every distribution.
    """
    best = max(distributions, key=lambda candidate: candidate.tail_probability(value))
    low, high = best.band(rate)
    bands = [candidate.band(rate) for candidate in distributions]
    return settle(
        any(low - rounding <= value <= high + rounding for low, high in bands),
        f"{what} is {value:.6g}, expected {best.mean:.6g}: {abs(value - best.mean) / best.sd:.1f} "
        f"standard errors off; a correct program is off by this much "
        f"{once_in(best.tail_probability(value))}",
        f"{low:.6g} to {high:.6g}",
        Terms(
            rate,
            f"{best.samples} samples",
            _smallest_error(best, rate),
            "an error of",
            "independent samples",
        ),
        hint,
    )


def binomial_band(
    trials: int, probability: float, rate: float = FALSE_REJECT_RATE
) -> tuple[int, int]:
    """Bounds (low, high) that a binomial count leaves with probability at most `rate`."""

    def above(k: int) -> float:
        # P(count > k), which scipy's own function gives for up to 2^31 trials only.
        return float(special.betainc(k + 1.0, trials - k, probability)) if k < trials else 0.0

    def up_to(k: int) -> float:
        return float(special.betainc(trials - k, k + 1.0, 1 - probability)) if k < trials else 1.0

    low = _first(lambda k: up_to(k) >= rate / 2, trials)
    high = _first(lambda k: above(k) <= rate / 2, trials)
    return low, high


def expect_binomial(
    count: int,
    trials: int,
    probability: float,
    *,
    what: str,
    rate: float = FALSE_REJECT_RATE,
    hint: str = "",
) -> Terms:
    """Check that a count is plausible under its exact binomial distribution.

    Raises:
        Wrong: it lies outside the central band.
    """
    low, high = binomial_band(trials, probability, rate)
    mean, sd = trials * probability, math.sqrt(trials * probability * (1 - probability))
    smallest = (high - low) / 2 / trials + POWER_QUANTILE * sd / trials
    return settle(
        low <= count <= high,
        f"{what} is {count} of {trials}, expected about {mean:.1f}: "
        f"{abs(count - mean) / sd:.1f} standard deviations off",
        f"{low} to {high}",
        Terms(rate, f"{trials} samples", smallest, "a probability off by", "independent samples"),
        hint,
    )


def expect_mean(
    value: float,
    expected: float,
    sd: float,
    samples: str,
    *,
    what: str,
    rate: float = FALSE_REJECT_RATE,
    slack: float = 0.0,
    hint: str = "",
) -> Terms:
    """Check that a mean of many draws of known variance is plausible.

    Args:
        value: the mean that was computed.
        expected: its exact expectation.
        sd: standard deviation of the mean itself, not of one draw.
        samples: what it is the mean of, for example "20000 samples"; there must be enough of them
            for the mean to be approximately normal.
        slack: what rounding may add.

    Raises:
        Wrong: it is further off than a normal mean would be.
    """
    allowed = normal_quantile(rate) * sd + slack
    return settle(
        abs(value - expected) <= allowed,
        f"{what} is {value:.6g}, expected {expected:.6g}: {abs(value - expected) / sd:.1f} "
        "standard errors off",
        f"{expected - allowed:.6g} to {expected + allowed:.6g}",
        Terms(
            rate,
            samples,
            allowed + POWER_QUANTILE * sd,
            "an error of",
            "independent samples and an approximately normal mean",
        ),
        hint,
    )


def variance_band(
    samples: int, kurtosis: float, rate: float = FALSE_REJECT_RATE
) -> tuple[float, float]:
    """Bounds on sample variance / exact variance, which it leaves with probability at most `rate`.

    The ratio has mean 1 and variance (kurtosis - 1) / samples. It is treated as a gamma variable,
    which is exact for normal draws. An F-test would treat all draws as normal.
    """
    # The sum of squares of draws with heavier tails is more skewed than a gamma variable.
    shape = samples / (kurtosis - 1) / HEAVY_TAILS
    low, high = special.gammaincinv(shape, rate / 2), special.gammainccinv(shape, rate / 2)
    return float(low / shape), float(high / shape)


def expect_variance(
    ratio: float,
    samples: int,
    kurtosis: float,
    *,
    what: str,
    rate: float = FALSE_REJECT_RATE,
    hint: str = "",
) -> Terms:
    """Check that sample variance / exact variance is plausible for draws of this kurtosis.

    Raises:
        Wrong: it lies outside the band.
    """
    low, high = variance_band(samples, kurtosis, rate)
    shape = samples / (kurtosis - 1)
    # The factor that is detected in both directions: a variance too large, or too small.
    too_large = high * shape / float(special.gammaincinv(shape, 1 - POWER))
    factor = max(too_large, float(special.gammainccinv(shape, 1 - POWER)) / shape / low)
    return settle(
        low <= ratio <= high,
        f"{what} is {ratio:.3g} times the expected one",
        f"{low:.3g} to {high:.3g} times",
        Terms(
            rate,
            f"{samples} draws",
            factor,
            "a factor of",
            f"independent draws of kurtosis {kurtosis:.2g}",
        ),
        hint,
    )


def expect_uncorrelated(
    values: Floats, *, what: str, rate: float = FALSE_REJECT_RATE, hint: str = ""
) -> Terms:
    """Check that a sequence of draws has no autocorrelation at any lag up to half its length.

    Raises:
        Wrong: it has; the message names the lag where it stands out most.
    """
    correlations = autocorrelations(values)
    pairs = len(values) - 1 - np.arange(len(correlations))
    # Each correlation has standard deviation 1 / sqrt(pairs); Bonferroni over the lags.
    scaled = np.abs(correlations) * np.sqrt(pairs)
    worst, limit = int(scaled.argmax()), normal_quantile(rate / len(correlations))
    allowed = limit / math.sqrt(pairs[worst])
    return settle(
        bool(scaled[worst] <= limit),
        f"{what} has correlation {correlations[worst]:.2f} with the one {worst + 1} later",
        f"{-allowed:.2f} to {allowed:.2f}",
        Terms(
            rate,
            f"{len(values)} draws",
            (limit + POWER_QUANTILE) / math.sqrt(pairs[-1]),
            "a correlation of",
            "light tails",
        ),
        hint,
    )


def autocorrelations(values: Floats) -> Floats:
    """The correlations of a sequence (n,) with itself at lags 1, ..., n // 2."""
    count = len(values)
    centred = values - values.mean()
    spectrum = np.abs(np.fft.rfft(centred, 2 * count)) ** 2
    lags = np.arange(count // 2 + 1)
    products = np.fft.irfft(spectrum)[: len(lags)] / (count - lags)
    correlations: Floats = products[1:] / max(products[0], 1e-300)
    return correlations


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The least k in 0, ..., most for which a condition holds that holds from there on."""
    return bisect_left(range(most), 1, key=holds)


def _smallest_error(distribution: MeanDistribution, rate: float) -> float:
    """The smallest error of the mean that its band detects with probability POWER."""
    low, high = distribution.band(rate)
    reach = max(high - distribution.mean, distribution.mean - low)
    return reach + POWER_QUANTILE * distribution.sd
