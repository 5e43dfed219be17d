"""Settles that the score-function gradient of the ELBO needs no derivative of the integrand.

For a density q_phi and h > 0,

    d/dphi E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))]
        = E_{Z ~ q_phi}[(d/dphi log q_phi(Z)) log(h(Z) / q_phi(Z))],

although the integrand depends on phi as well: that dependence contributes
-∫ dq/dphi dz = -d/dphi ∫ q dz = -d/dphi 1 = 0.
"""

from collections.abc import Callable

import torch
from sympy import Add, Derivative, Expr, Integral, Mul, Symbol, log, oo
from torch import Tensor


def derivation(q: Expr, h: Expr, z: Symbol, phi: Symbol) -> list[Expr]:
    """The proof of the identity, line by line.

    Write l = log(h/q) and q' = dq/dphi; every integral is over z. The lines are

        d/dphi ∫ l q                     the left side
        ∫ d/dphi (l q)                   the domain does not depend on phi
        ∫ (dl/dphi) q + l q'             product rule
        ∫ -(q'/q) q + l q'               h does not depend on phi
        ∫ -q' + l q'                     q/q = 1
        -∫ q'  +  ∫ l q'                 linearity
        ∫ l q'                           ∫ q' = d/dphi ∫ q = d/dphi 1 = 0
        ∫ l (q'/q) q                     q/q = 1
        ∫ (d log q/dphi) l q             chain rule: the right side

    Args:
        q: the positive density, an applied function of (z, phi).
        h: a positive applied function of z.
        z: the real variable of integration.
        phi: the real parameter.
    Returns:
        The nine expressions, each equal to the one before it.
    """
    ratio = log(h / q)
    dq = Derivative(q, phi)
    # sympy cancels q/q as it builds a product; these two lines are there to show it.
    uncancelled = Mul(-dq / q, q, evaluate=False)
    score = Mul(ratio, dq / q, q, evaluate=False)

    def over_z(integrand: Expr) -> Expr:
        return Integral(integrand, (z, -oo, oo))

    return [
        Derivative(over_z(ratio * q), phi),
        over_z(Derivative(ratio * q, phi)),
        over_z(Derivative(ratio, phi) * q + ratio * dq),
        over_z(Add(uncancelled, ratio * dq, evaluate=False)),
        over_z(-dq + ratio * dq),
        -over_z(dq) + over_z(ratio * dq),
        over_z(ratio * dq),
        over_z(score),
        over_z(Derivative(log(q), phi) * ratio * q),
    ]


def elbo_gradient(
    log_h: Callable[[Tensor], Tensor],
    log_q: Callable[[Tensor, Tensor], Tensor],
    phi: Tensor,
    z: Tensor,
) -> Tensor:
    """Monte Carlo estimate of d/dphi E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))].

    The mean over the samples of (d log q_phi(z)/dphi) log(h(z) / q_phi(z)): the gradient of the
    mean of log q_phi(z), each sample weighted by log(h(z) / q_phi(z)) held constant.

    Args:
        log_h: maps z (B, k) to log h(z) (B,) [nats].
        log_q: maps z (B, k) and phi (p,) to log q_phi(z) (B,) [nats], differentiable in phi.
        phi: (p,) the parameter; left as it is.
        z: (B, k) samples of q_phi, B at least 1.
    Returns:
        (p,) an unbiased estimate of the gradient [nats per unit of phi].
    """
    phi, z = phi.detach().clone().requires_grad_(), z.detach()
    log_density = log_q(z, phi)
    weight = (log_h(z) - log_density).detach()
    (gradient,) = torch.autograd.grad((weight * log_density).mean(), phi)
    return gradient
