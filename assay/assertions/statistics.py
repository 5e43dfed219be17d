"""Judging by chance: one function for each law that a correct program's figures have.

Each gives its terms back, and raises Wrong where it does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from assay.assertions.error_rates import POWER, SHARE, Terms, normal_quantile, once_in, settle
from assay.assertions.mean_distribution import MeanDistribution

Floats = NDArray[np.float64]

HEAVIER = 1.25  # times the variance of a sample's variance, for draws of heavy tails
MORE = float(special.ndtri(POWER))  # standard errors between a threshold and what it sees


def expect_drawn_from(
    value: float,
    laws: Sequence[MeanDistribution],
    *,
    what: str,
    share: float = SHARE,
    rounding: float = 0.0,
    hint: str = "",
) -> Terms:
    """Check that a mean is plausible under one of the exact distributions of correct programs.

    `rounding` is how far a reported figure may be from what was computed.

    Raises:
        Wrong: outside the band of every law.
    """
    law = max(laws, key=lambda candidate: candidate.probability_as_far(value))
    low, high = law.band(share)
    bands = [candidate.band(share) for candidate in laws]
    return settle(
        any(low - rounding <= value <= high + rounding for low, high in bands),
        f"{what} is {value:.6g}, exact is {law.mean:.6g}: {abs(value - law.mean) / law.sd:.1f} "
        f"standard errors off; a correct program is off by this much "
        f"{once_in(law.probability_as_far(value))}",
        f"{low:.6g} to {high:.6g}",
        Terms(
            share,
            f"{law.samples} samples",
            _smallest_error(law, share),
            "an error of",
            "independent samples",
        ),
        hint,
    )


def binomial_band(trials: int, chance: float, share: float = SHARE) -> tuple[int, int]:
    """The counts (low, high) that a binomial count misses with probability at most `share`."""
    counts = np.arange(trials + 1)
    cdf = special.bdtr(counts, trials, chance)
    low = int(np.searchsorted(cdf, share / 2))
    high = int(np.searchsorted(1 - cdf <= share / 2, True))
    return low, high


def expect_binomial(
    count: int, trials: int, chance: float, *, what: str, share: float = SHARE, hint: str = ""
) -> Terms:
    """Hold a count against the exact binomial law.

    Raises:
        Wrong: outside the central band.
    """
    low, high = binomial_band(trials, chance, share)
    sd = math.sqrt(trials * chance * (1 - chance))
    smallest = (high - low) / 2 / trials + MORE * sd / trials
    return settle(
        low <= count <= high,
        f"{what} is {count} of {trials}, {trials * chance:.1f} are expected: "
        f"{abs(count - trials * chance) / sd:.1f} standard deviations off",
        f"{low} to {high}",
        Terms(share, f"{trials} samples", smallest, "a probability off by", "independent samples"),
        hint,
    )


def expect_mean(
    value: float,
    wanted: float,
    sd: float,
    samples: str,
    *,
    what: str,
    share: float = SHARE,
    slack: float = 0.0,
    hint: str = "",
) -> Terms:
    """Hold a mean of many draws of known variance against its exact value.

    Args:
        value: the mean that was had.
        wanted: its expectation.
        sd: of the mean itself.
        samples: what it is the mean of, "20000 samples": enough for a normal mean.
        slack: what rounding may add.

    Raises:
        Wrong: further off than the normal law has it.
    """
    allowed = normal_quantile(share) * sd + slack
    return settle(
        abs(value - wanted) <= allowed,
        f"{what} is {value:.6g}, exact is {wanted:.6g}: {abs(value - wanted) / sd:.1f} standard "
        "errors off",
        f"{wanted - allowed:.6g} to {wanted + allowed:.6g}",
        Terms(
            share,
            samples,
            allowed + MORE * sd,
            "an error of",
            "independent samples, so many that their mean is normal",
        ),
        hint,
    )


def variance_band(samples: int, kurtosis: float, share: float = SHARE) -> tuple[float, float]:
    """The ratios of a sample's variance to the exact one that it misses with at most `share`.

    The ratio has mean 1 and variance (kurtosis - 1) / samples. It is taken for a gamma variable,
    which it is for normal draws; an F-test takes all draws for normal.
    """
    # Draws with tails heavier than normal have a sum of squares more skewed than a gamma variable.
    shape = samples / (kurtosis - 1) / HEAVIER
    low, high = special.gammaincinv(shape, share / 2), special.gammainccinv(shape, share / 2)
    return float(low / shape), float(high / shape)


def expect_variance(
    ratio: float, samples: int, kurtosis: float, *, what: str, share: float = SHARE, hint: str = ""
) -> Terms:
    """Hold the ratio of a sample's variance to its exact value against 1.

    Raises:
        Wrong: outside the band.
    """
    low, high = variance_band(samples, kurtosis, share)
    shape = samples / (kurtosis - 1)
    # an excess and a lack of that factor
    excess = high * shape / float(special.gammaincinv(shape, 1 - POWER))
    factor = max(excess, float(special.gammainccinv(shape, 1 - POWER)) / shape / low)
    return settle(
        low <= ratio <= high,
        f"{what} is {ratio:.3g} times the expected one",
        f"{low:.3g} to {high:.3g} times",
        Terms(
            share,
            f"{samples} draws",
            factor,
            "a factor of",
            f"independent draws of kurtosis {kurtosis:.2g}",
        ),
        hint,
    )


def expect_uncorrelated(
    values: Floats, *, what: str, share: float = SHARE, hint: str = ""
) -> Terms:
    """Hold a sequence of draws against independence: no lag up to half its length stands out.

    Raises:
        Wrong: tells the lag at which the sequence repeats itself.
    """
    found = autocorrelations(values)
    pairs = len(values) - 1 - np.arange(len(found))
    # each has a standard deviation of 1 / sqrt(pairs); Bonferroni over the lags
    scaled = np.abs(found) * np.sqrt(pairs)
    worst, limit = int(scaled.argmax()), normal_quantile(share / len(found))
    return settle(
        bool(scaled[worst] <= limit),
        f"{what} and the one {worst + 1} later have the correlation {found[worst]:.2f}",
        f"{limit / math.sqrt(pairs[worst]):.2f} either way",
        Terms(
            share,
            f"{len(values)} draws",
            (limit + MORE) / math.sqrt(pairs[-1]),
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
    found: Floats = products[1:] / max(products[0], 1e-300)
    return found


def _smallest_error(law: MeanDistribution, share: float) -> float:
    low, high = law.band(share)
    return max(high - law.mean, law.mean - low) + MORE * law.sd
