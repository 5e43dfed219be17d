"""The exact distribution of a mean of independent draws, by FFT."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.assertions.error_rates import FALSE_REJECT_RATE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeanDistribution:
    """The exact distribution of the mean of n independent draws of finitely many values.

    The distribution of one draw is put on a grid (each atom is split between its two neighbours,
    which keeps the mean) and convolved n times by FFT. Two tails are left out and count as
    rejections: draws above a cut, and sums above a Chernoff bound. Each has probability at most
    FALSE_REJECT_RATE / 4.

    Attributes:
        least: the smallest value if it is negative, else 0: where the grid begins.
        step: distance between two grid points of the mean.
        cdf: P(mean <= least + k step) for k = 0, 1, ...
        mean, sd: expectation and standard deviation of the mean itself, exact.
        samples: n.
    """

    least: float
    step: float
    cdf: Floats
    mean: float
    sd: float
    samples: int

    @classmethod
    def of(
        cls, atoms: Floats, probabilities: Floats, samples: int, *, cells: int = 2**17
    ) -> MeanDistribution:
        """The distribution for draws that are atoms[i] with probability probabilities[i].

        Raises:
            ValueError: the probabilities do not sum to 1, or there is no sample.
        """
        if samples < 1 or not abs(probabilities.sum() - 1) <= 1e-9:
            raise ValueError(
                f"{samples} samples, probabilities that sum to {probabilities.sum():.12g}"
            )
        mean = float(atoms @ probabilities)
        variance = float(((atoms - mean) ** 2) @ probabilities)
        least = min(float(atoms.min()), 0.0)
        atoms, probabilities = _cut(atoms - least, probabilities, FALSE_REJECT_RATE / 4 / samples)
        top = _chernoff(atoms, probabilities, samples, FALSE_REJECT_RATE / 4)
        width = top / (cells - 2)
        place, part = np.divmod(atoms / width, 1.0)
        cell = place.astype(int)
        grid = np.bincount(cell, probabilities * (1 - part), cells)
        grid += np.bincount(cell + 1, probabilities * part, cells)[:cells]
        cdf = np.fft.irfft(np.fft.rfft(grid, 2 * cells) ** samples, 2 * cells)[:cells].cumsum()
        return cls(least, width / samples, cdf, mean, math.sqrt(variance / samples), samples)

    def band(self, rate: float = FALSE_REJECT_RATE) -> tuple[float, float]:
        """An interval that the mean misses with probability at most `rate`."""
        # A quarter of the rate is for the lower end; a half for the upper end, which includes the
        # sums above the Chernoff bound; a quarter for the draws above the cut.
        low = int(np.searchsorted(self.cdf, rate / 4)) - 1
        high = int(np.searchsorted(self.cdf, 1 - rate / 2)) + 1
        return self.least + max(low, 0) * self.step, self.least + high * self.step

    def tail_probability(self, value: float) -> float:
        """A bound on the probability that a correct mean is as far out on that side; >= 1e-12."""
        if value - self.least > self.step * (len(self.cdf) - 1):
            return FALSE_REJECT_RATE / 2  # the tails that were left out
        place = max(int((value - self.least) / self.step), 0)
        below = float(self.cdf[place])
        return max(min(below, 1 - below), 1e-12)


def _cut(atoms: Floats, probabilities: Floats, lost: float) -> tuple[Floats, Floats]:
    """Move the largest atoms, of total probability at most `lost`, to 0."""
    order = np.argsort(atoms)
    tail = probabilities[order][::-1].cumsum()[::-1]
    kept = order[tail > lost]
    rest = 1.0 - probabilities[kept].sum()
    return np.append(atoms[kept], 0.0), np.append(probabilities[kept], rest)


def _chernoff(atoms: Floats, probabilities: Floats, samples: int, tail: float) -> float:
    """A bound s with P(sum >= s) <= tail: s = min over t > 0 of (n log E e^{tX} - log tail) / t."""
    scale = 1.0 / max(float(atoms.max()), 1e-300)
    rates = scale * np.logspace(-5, 2, 200)
    exponents = np.outer(rates, atoms)
    peak = exponents.max(axis=1)
    log_mgf = peak + np.log(np.exp(exponents - peak[:, None]) @ probabilities)
    bound = float(((samples * log_mgf - math.log(tail)) / rates).min())
    return max(bound, 2 * float(atoms.max()), 1e-300)
