"""Problem 1: densities q_phi and functions h for which the gradient of the ELBO is known exactly.

The ELBO is E[log(h(Z)/q_phi(Z))]. Each q_phi comes with a discrete distribution on a few nodes that
replaces it. The score and log(h/q) are polynomials on each piece of the support, because log h is a
polynomial apart from terms that log q has as well. So Gauss quadrature on each piece gives the mean
of their product exactly, and the mean 0 of the score. The samples of a batch remain independent.
Hence every unbiased estimator keeps its mean, also with a baseline from the other samples.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from scipy import special
from torch import Tensor

from assay import wire

from .. import objects


class Family(NamedTuple):
    """A density q_phi at one phi, a function h, and what is known about them.

    Attributes:
        log_q, log_h: the callables that a student is given.
        phi: (p,) the parameter.
        nodes: (n, k) the values of the discrete distribution that replaces q_phi.
        weights: (n,) their probabilities, with sum 1.
        elbo: phi (p,) -> E[log(h(Z)/q_phi(Z))] [nats] up to a constant, in closed form.
    """

    log_q: wire.Given
    log_h: wire.Given
    phi: Tensor
    nodes: Tensor
    weights: Tensor
    elbo: Callable[[Tensor], Tensor]

    def shown(self) -> dict[str, object]:
        """What a message shows: the arguments of the student's function."""
        return {"log_h": self.log_h, "log_q": self.log_q, "phi": self.phi}

    def gradient(self) -> Tensor:
        """(p,) the exact gradient d/dphi E[log(h(Z)/q_phi(Z))]."""
        phi = self.phi.clone().requires_grad_()
        slope: Tensor = torch.autograd.grad(self.elbo(phi), phi)[0]
        return slope

    def size(self) -> float:
        """The largest term of an estimate: of the score times log(h/q), up to a constant each."""
        scores, ratio = self._factors()
        return float(scores.abs().max() * ratio.abs().max())

    def moments(self) -> Tensor:
        """(p,) E[score^2] times the largest log(h/q)^2: more than the variance of a term."""
        scores, ratio = self._factors()
        return (self.weights @ scores**2) * ratio.square().max()

    def _factors(self) -> tuple[Tensor, Tensor]:
        """The scores (n, p) and log(h/q) (n,) at the nodes."""
        phi = self.phi.clone().requires_grad_()
        log_q = objects.build(self.log_q)(self.nodes, phi)
        ratio = objects.build(self.log_h)(self.nodes) - log_q.detach()
        scores = torch.stack(
            [torch.autograd.grad(each, phi, retain_graph=True)[0] for each in log_q]
        )
        return scores, ratio

    def batches(self, size: int) -> tuple[Tensor, Tensor]:
        """All batches of this size (n^size, size, k), and their probabilities (n^size,)."""
        picks = torch.tensor(list(product(range(len(self.nodes)), repeat=size)))
        return self.nodes[picks], self.weights[picks].prod(1)


def categorical(phi: Tensor, table: Tensor) -> Family:
    """The categorical distribution on 0, ..., p - 1 with logits phi (p,); log h = table (p,)."""

    def elbo(phi: Tensor) -> Tensor:
        log_q = torch.log_softmax(phi, 0)
        return (log_q.exp() * (table - log_q)).sum()

    return Family(
        objects.of("categorical_log_q"),
        objects.of("table_log_h", table=table),
        phi,
        torch.arange(len(phi), dtype=torch.float64)[:, None],
        torch.softmax(phi, 0),
        elbo,
    )


def normal(phi: Tensor, slope: Tensor, curve: Tensor) -> Family:
    """k independent normals, phi = (k means, k log scales), log h = z.curve z + slope.z."""
    unit, weights = np.polynomial.hermite_e.hermegauss(3)  # the products have degree 4
    units = torch.tensor(list(product(unit, repeat=len(slope))))
    mean, log_scale = phi.chunk(2)

    def elbo(phi: Tensor) -> Tensor:
        mean, log_scale = phi.chunk(2)
        second = torch.outer(mean, mean) + torch.diag((2 * log_scale).exp())
        return (curve * second).sum() + slope @ mean + log_scale.sum()

    return Family(
        objects.of("normal_log_q"),
        objects.of("quadratic_log_h", slope=slope, curve=curve),
        phi,
        mean + log_scale.exp() * units,
        _probabilities(weights, len(slope)),
        elbo,
    )


def gamma(phi: Tensor, shape: int, slope: Tensor, curve: Tensor) -> Family:
    """Gamma with known shape, phi = (log rate,), log h = (shape - 1) log z + a quadratic."""
    nodes, weights = special.roots_genlaguerre(2, shape - 1)  # the products have degree 3

    def elbo(phi: Tensor) -> Tensor:
        mean = shape * (-phi[0]).exp()
        return curve[0, 0] * mean**2 * (1 + 1 / shape) + slope[0] * mean - shape * phi[0]

    log_h = objects.of("quadratic_log_h", slope=slope, curve=curve, power=shape - 1.0)
    return Family(
        objects.of("gamma_log_q", shape=float(shape)),
        log_h,
        phi,
        torch.tensor(nodes)[:, None] * (-phi[0]).exp(),
        _probabilities(weights, 1),
        elbo,
    )


def laplace(phi: Tensor, slope: Tensor, curve: Tensor) -> Family:
    """Laplace, phi = (location, log scale), log h quadratic."""
    half, weights = special.roots_laguerre(2)  # on each side; the products have degree 3
    both = torch.tensor([*half, *(-half)])

    def elbo(phi: Tensor) -> Tensor:
        second = phi[0] ** 2 + 2 * (2 * phi[1]).exp()
        return curve[0, 0] * second + slope[0] * phi[0] + phi[1]

    return Family(
        objects.of("laplace_log_q"),
        objects.of("quadratic_log_h", slope=slope, curve=curve),
        phi,
        (phi[0] + phi[1].exp() * both)[:, None],
        _probabilities([*weights, *weights], 1),
        elbo,
    )


def _probabilities(weights: object, dimensions: int) -> Tensor:
    """The normalised weights of a product rule."""
    rows = torch.tensor(list(product(np.asarray(weights), repeat=dimensions)))
    products = rows.prod(1)
    return products / products.sum()
