"""The exact law of a mean of independent draws, by FFT."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.assertions.error_rates import SHARE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MeanDistribution:
    """The exact law of the mean of n independent draws from a finite law on [0, inf).

    The draws' law is put on a grid (each atom split between its neighbours, which keeps the mean)
    and convolved n times by FFT. Draws above a cut that is exceeded with probability at most a
    quarter of a share, and sums beyond a Chernoff bound of the same chance, are left out; both
    count as refusals.

    Attributes:
        step: distance of two grid points of the mean.
        cdf: P(mean <= k step) for k = 0, 1, ...
        mean, sd: of the mean itself, exact.
        samples: n.
    """

    step: float
    cdf: Floats
    mean: float
    sd: float
    samples: int

    @classmethod
    def of(
        cls, atoms: Floats, chances: Floats, samples: int, *, cells: int = 2**17
    ) -> MeanDistribution:
        """The law for draws that take the value atoms[i] >= 0 with probability chances[i].

        Raises:
            ValueError: chances that do not sum to 1, or no sample.
        """
        if samples < 1 or not abs(chances.sum() - 1) <= 1e-9:
            raise ValueError(f"{samples} samples, chances that sum to {chances.sum():.12g}")
        mean = float(atoms @ chances)
        variance = float(((atoms - mean) ** 2) @ chances)
        atoms, chances = _cut(atoms, chances, SHARE / 4 / samples)
        top = _chernoff(atoms, chances, samples, SHARE / 4)
        width = top / (cells - 2)
        place, part = np.divmod(atoms / width, 1.0)
        cell = place.astype(int)
        law = np.bincount(cell, chances * (1 - part), cells)
        law += np.bincount(cell + 1, chances * part, cells)[:cells]
        cdf = np.fft.irfft(np.fft.rfft(law, 2 * cells) ** samples, 2 * cells)[:cells].cumsum()
        return cls(width / samples, cdf, mean, math.sqrt(variance / samples), samples)

    def band(self, share: float = SHARE) -> tuple[float, float]:
        """An interval that the mean misses with probability at most `share`."""
        # What was left out of the law is counted against it: half a share in all.
        low = int(np.searchsorted(self.cdf, share / 4)) - 1
        high = int(np.searchsorted(self.cdf, 1 - share / 2)) + 1
        return max(low, 0) * self.step, high * self.step

    def probability_as_far(self, value: float) -> float:
        """A bound on the chance that a right mean is as far out as this, on its side; >= 1e-12."""
        if value > self.step * (len(self.cdf) - 1):
            return SHARE / 2  # what the law leaves out
        place = max(int(value / self.step), 0)
        below = float(self.cdf[place])
        return max(min(below, 1 - below), 1e-12)


def _cut(atoms: Floats, chances: Floats, chance: float) -> tuple[Floats, Floats]:
    """Without the largest atoms that have at most this chance together; their mass is at 0."""
    order = np.argsort(atoms)
    tail = chances[order][::-1].cumsum()[::-1]
    kept = order[tail > chance]
    lost = 1.0 - chances[kept].sum()
    return np.append(atoms[kept], 0.0), np.append(chances[kept], lost)


def _chernoff(atoms: Floats, chances: Floats, samples: int, chance: float) -> float:
    """A bound s with P(sum >= s) <= chance: s = min over t of (n log E e^{tX} - log chance) / t."""
    scale = 1.0 / max(float(atoms.max()), 1e-300)
    rates = scale * np.logspace(-5, 2, 200)
    exponents = np.outer(rates, atoms)
    peak = exponents.max(axis=1)
    log_mgf = peak + np.log(np.exp(exponents - peak[:, None]) @ chances)
    bound = float(((samples * log_mgf - math.log(chance)) / rates).min())
    return max(bound, 2 * float(atoms.max()), 1e-300)
