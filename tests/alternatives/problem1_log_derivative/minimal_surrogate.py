"""Three-line proof; the gradient by .backward() of a surrogate loss on a clone of phi."""

import torch
from sympy import Derivative, Integral, log, oo


def derivation(q, h, z, phi):
    return [
        Derivative(Integral(log(h / q) * q, (z, -oo, oo)), phi),
        Integral(Derivative(log(h / q) * q, phi), (z, -oo, oo)),
        Integral(Derivative(log(q), phi) * log(h / q) * q, (z, -oo, oo)),
    ]


def elbo_gradient(log_h, log_q, phi, z):
    leaf = phi.clone().detach().requires_grad_()
    score_potential = log_q(z, leaf)
    with torch.no_grad():
        reward = log_h(z) - log_q(z, leaf)
    torch.mean(score_potential * reward).backward()
    return leaf.grad
