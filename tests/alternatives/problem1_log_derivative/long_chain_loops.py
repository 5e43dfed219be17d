"""Twelve small steps in E[log h - log q] notation; one autograd.grad call per sample in a loop."""

import torch
from sympy import Derivative, Integral, log, oo


def derivation(q, h, z, phi):
    def integral(f):
        return Integral(f, (z, -oo, oo))

    def expectation(f):
        return integral(q * f)

    dq = Derivative(q, phi)
    score = Derivative(log(q), phi)
    return [
        Derivative(expectation(log(h) - log(q)), phi),
        Derivative(integral(q * log(h) - q * log(q)), phi),
        integral(Derivative(q * log(h) - q * log(q), phi)),
        integral(Derivative(q * log(h), phi) - Derivative(q * log(q), phi)),
        integral(log(h) * dq - Derivative(q * log(q), phi)),
        integral(log(h) * dq - log(q) * dq - q * score),
        integral(log(h) * dq - log(q) * dq) - integral(q * score),
        integral(log(h) * dq - log(q) * dq) - integral(q * (dq / q)),
        integral(log(h) * dq - log(q) * dq) - integral(dq),
        integral(log(h) * dq - log(q) * dq),
        integral((log(h) - log(q)) * dq),
        integral(q * score * log(h / q)),
    ]


def elbo_gradient(log_h, log_q, phi, z):
    total = torch.zeros(phi.numel(), dtype=phi.dtype)
    for i in range(len(z)):
        one = z[i : i + 1]
        parameter = phi.detach().clone().requires_grad_(True)
        log_density = log_q(one, parameter)[0]
        (score,) = torch.autograd.grad(log_density, parameter)
        total = total + score * (log_h(one)[0] - log_density.detach())
    return total / len(z)
