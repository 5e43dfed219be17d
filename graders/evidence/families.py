"""Densities q_phi with an h for each, whose gradient of E[log(h(Z)/q_phi(Z))] is known exactly.

Each comes with a discrete law on few nodes that stands in for q_phi: log h is a polynomial beside
what it shares with log q, so score and log(h/q) are polynomials on the pieces of the support, and
Gauss quadrature on each piece gives the mean of their products without error. As it keeps the mean
of the score, 0, and the samples of a batch stay independent, so does every unbiased estimator keep
its mean, a baseline from the other samples included.
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
    """A density q_phi at one phi, an h, and what is known of them.

    Attributes:
        log_q, log_h: the callables that a student is given.
        phi: (p,) the parameter.
        nodes: (n, k) places of the law that stands in for q_phi.
        weights: (n,) their chances; they add up to 1.
        elbo: phi (p,) -> E[log(h(Z)/q_phi(Z))] [nats] up to a constant, in closed form.
    """

    log_q: wire.Given
    log_h: wire.Given
    phi: Tensor
    nodes: Tensor
    weights: Tensor
    elbo: Callable[[Tensor], Tensor]

    def shown(self) -> dict[str, object]:
        """What the student's function sees of it."""
        return {"log_h": self.log_h, "log_q": self.log_q, "phi": self.phi}

    def gradient(self) -> Tensor:
        """(p,) the exact d/dphi E[log(h(Z)/q_phi(Z))]."""
        phi = self.phi.clone().requires_grad_()
        slope: Tensor = torch.autograd.grad(self.elbo(phi), phi)[0]
        return slope

    def batches(self, size: int) -> tuple[Tensor, Tensor]:
        """All batches of that size, (n^size, size, k), and their chances (n^size,)."""
        picks = torch.tensor(list(product(range(len(self.nodes)), repeat=size)))
        return self.nodes[picks], self.weights[picks].prod(1)


def categorical(phi: Tensor, table: Tensor) -> Family:
    """The law of logits phi (p,) on 0, ..., p - 1, and log h from a table (p,)."""

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
    """Independent normal laws, phi = (k means, k log scales), log h = z.curve z + slope.z."""
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
        _chances(weights, len(slope)),
        elbo,
    )


def gamma(phi: Tensor, shape: int, slope: Tensor, curve: Tensor) -> Family:
    """Gamma laws of known shape, phi = (log rate,), log h = (shape - 1) log z + quadratic."""
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
        _chances(weights, 1),
        elbo,
    )


def laplace(phi: Tensor, slope: Tensor, curve: Tensor) -> Family:
    """Laplace laws, phi = (location, log scale), log h quadratic."""
    half, weights = special.roots_laguerre(2)  # on each side of the location, degree 3
    both = torch.tensor([*half, *(-half)])

    def elbo(phi: Tensor) -> Tensor:
        second = phi[0] ** 2 + 2 * (2 * phi[1]).exp()
        return curve[0, 0] * second + slope[0] * phi[0] + phi[1]

    return Family(
        objects.of("laplace_log_q"),
        objects.of("quadratic_log_h", slope=slope, curve=curve),
        phi,
        (phi[0] + phi[1].exp() * both)[:, None],
        _chances([*weights, *weights], 1),
        elbo,
    )


def _chances(weights: object, dimensions: int) -> Tensor:
    rows = torch.tensor(list(product(np.asarray(weights), repeat=dimensions)))
    chances = rows.prod(1)
    return chances / chances.sum()
