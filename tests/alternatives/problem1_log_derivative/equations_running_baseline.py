"""The proof as equations, each from the last one's right side; the baseline of a sample is the mean weight of those before it."""

import torch
from sympy import Derivative, Eq, Integral, log, oo


def derivation(q, h, z, phi):
    everywhere = (z, -oo, oo)
    lines = [
        Derivative(Integral(log(h / q) * q, everywhere), phi),
        Integral(Derivative(log(h / q) * q, phi), everywhere),
        Integral(log(h / q) * Derivative(q, phi) - Derivative(q, phi), everywhere),
        Integral(log(h / q) * Derivative(q, phi), everywhere),
        Integral(Derivative(log(q), phi) * log(h / q) * q, everywhere),
    ]
    return [Eq(before, after, evaluate=False) for before, after in zip(lines, lines[1:])]


def elbo_gradient(log_h, log_q, phi, z):
    parameter = phi.detach().clone().requires_grad_()
    density = log_q(z, parameter)
    weight = (log_h(z) - density).detach()
    before = torch.cat([torch.zeros(1).to(weight), weight.cumsum(0)[:-1]])
    centred = weight - before / torch.arange(len(weight)).clamp(min=1)
    return torch.autograd.grad((centred * density).mean(), parameter)[0].tolist()
