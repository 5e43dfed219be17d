"""A class for expectations, a constant times E[score] added on purpose; torch.func.vjp, float32."""

import torch
from sympy import Add, Derivative, Integral, S, log


class Expectation:
    def __init__(self, density, variable):
        self.density = density
        self.variable = variable

    def __call__(self, f):
        return Integral(f * self.density, (self.variable, S.NegativeInfinity, S.Infinity))


def derivation(q, h, z, phi):
    mean = Expectation(q, z)
    score = Derivative(log(q), phi)
    ratio = log(h / q)
    return [
        Derivative(mean(ratio), phi),
        mean(score * ratio + Derivative(ratio, phi)),
        Add(mean(score * ratio), mean(Derivative(ratio, phi))),
        mean(score * ratio) - mean(score),
        mean(score * ratio) + phi**2 * mean(score),
        mean(score * (ratio + phi**2)),
        mean(score * ratio),
    ]


def elbo_gradient(log_h, log_q, phi, z):
    value, pull_back = torch.func.vjp(lambda parameter: log_q(z, parameter), phi)
    weight = (log_h(z) - value) / value.numel()
    return pull_back(weight.detach())[0].float()
