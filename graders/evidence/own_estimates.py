"""Problem 6: a student's own gradient estimators: their mean, their noise, and SGD with them.

By Gauss-Hermite quadrature the mean and the variance of the estimate from one sample are exact. A
path that does not follow the objective's gradient may follow that of the student's own estimator:
then the mistake is the estimator's, and `minimize` is correct.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from torch import Tensor

from assay import Wrong, finite, tensor

from .attempts import attempted
from .descent import Steps
from .objective import moments, plain_estimates, slope

if TYPE_CHECKING:
    from assay import Student

Floats = NDArray[np.float64]
Place = tuple[float, float]  # (mu, tau)

TRICKS = ("log-derivative", "reparameterization")
# An estimate with more variance than this, in units of the plain one's, is too noisy to judge.
NOISY = 1_000.0
FOLLOWED = 8  # places of a path where the student's own mean is computed


class OneSample(NamedTuple):
    """The estimate from one sample at a place: at each node, and its mean and variance (2,)."""

    values: Tensor
    mean: Tensor
    variance: Tensor


def function_of(trick: str) -> str:
    """The name of the student's estimator."""
    return f"{trick.replace('-', '_')}_gradient"


def normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes and weights of N(0, 1): exact for polynomials of degree 2 count - 1."""
    nodes, weights = hermegauss(count)
    # Weights below 1e-14 change nothing, and their nodes lie 9 standard deviations out.
    kept = weights / weights.sum() > 1e-14
    return nodes[kept], weights[kept] / weights.sum()


NODES, WEIGHTS = normal_nodes(48)


def samples_of(trick: str, place: Place, eps: Floats) -> Tensor:
    """What the estimator of a trick is given for these eps: x = mu + sigma eps, or eps itself."""
    mu, tau = place
    return torch.from_numpy(mu + np.exp(tau) * eps if trick == TRICKS[0] else eps)


def estimates(student: Student, trick: str, place: Place, batches: Tensor) -> Tensor:
    """The student's estimates (N, 2) from each of the batches (N, B)."""
    function = function_of(trick)
    mu, tau = torch.tensor(place, dtype=torch.float64)
    results = student.each(function, ((mu, tau, batch) for batch in batches))
    pairs = [tensor(result, (2,), function) for result in results]
    return finite(torch.stack(pairs), None, function)


def one_sample(student: Student, trick: str, place: Place, copies: int = 1) -> OneSample:
    """The student's estimate from one sample at a place, in a batch of `copies` of it.

    Copies change nothing where a batch is averaged. Where it is summed, or divided by a fixed
    number, they show the mean of the estimate from a batch of that size.
    """
    batches = samples_of(trick, place, NODES)[:, None].repeat(1, copies)
    values = estimates(student, trick, place, batches)
    weights = torch.from_numpy(WEIGHTS)
    mean = weights @ values
    return OneSample(values, mean, weights @ (values - mean) ** 2)


def offset(student: Student, trick: str, place: Place, copies: int = 1) -> Tensor | None:
    """(2,) by how much the mean of a usable estimate differs from the gradient; None if by nothing.

    An estimate is usable if it depends on its sample, and is not too noisy.
    """
    own = attempted(partial(one_sample, student, trick, place, copies))
    if own is None:
        return None
    off = own.mean - torch.from_numpy(slope(np.asarray(place[0]), np.asarray(place[1])))
    plain = moments(*place, trick).variance
    usable = float(own.variance.sum()) > 1e-6 and not bool(
        (own.variance.numpy() > NOISY * plain.max()).any()
    )
    return off if usable and bool((off.abs() > 1e-3).any()) else None


def shared_offset(student: Student, place: Place, own: OneSample) -> Tensor | None:
    """(2,) by how much both tricks miss the gradient, if what is missed depends on no sample.

    This is a mistake in the terms outside the expectation; `own` is of the reparameterization.
    """
    off = offset(student, TRICKS[0], place)
    if off is None:
        return None
    rest = own.values - torch.from_numpy(plain_estimates(*place, TRICKS[1], NODES)).T
    is_fixed = bool(((rest - rest[0]).abs() <= 1e-3).all())
    mu, tau = place
    right = torch.tensor([mu - 1, np.exp(tau) - 1])
    return off if is_fixed and bool(((rest[0] - right - off).abs() <= 1e-3).all()) else None


def follow(
    student: Student, trick: str, steps: Steps, batch: int, judge: Callable[[Steps], None]
) -> None:
    """Judge steps by the objective's gradient, or else by the mean of the student's own estimates.

    Raises:
        Wrong: they follow neither.
    """
    try:
        judge(steps)
    except Wrong:
        for copies in (1, batch):
            drift = _drift(student, trick, steps.places, copies)
            if drift is not None and _passes(judge, steps, drift):
                return
        raise


def _passes(judge: Callable[[Steps], None], steps: Steps, drift: Floats) -> bool:
    try:
        judge(Steps(steps.places, steps.slopes + drift, steps.errors + drift))
    except Wrong:
        return False
    return True


def _drift(student: Student, trick: str, places: Floats, copies: int) -> Floats | None:
    """(2, n) by how much the student's mean misses the gradient along a path; None: nowhere."""
    count = places.shape[1]
    chosen = np.unique(np.linspace(0, count - 1, min(count, FOLLOWED)).astype(int))
    offsets = [offset(student, trick, (float(m), float(t)), copies) for m, t in places[:, chosen].T]
    if all(off is None for off in offsets):
        return None
    rows = np.stack([np.zeros(2) if off is None else off.numpy() for off in offsets], axis=1)
    return np.stack([np.interp(np.arange(count), chosen, row) for row in rows])
