"""sympy.diff evaluates each step, factors pulled out; a leave-one-out baseline for the gradient."""

import torch
from sympy import Derivative, Integer, Integral, Mul, diff, expand, log, oo


def derivation(q, h, z, phi):
    line = (z, -oo, oo)
    integrand = q * log(h / q)
    inside = diff(integrand, phi)
    steps = [Derivative(Integral(integrand, line), phi)]
    steps.append(Integral(inside, line))
    steps.append(Integral(expand(inside), line))
    mass = Integral(diff(q, phi), line)
    steps.append(Integral(log(h / q) * diff(q, phi), line) + Mul(Integer(-1), mass, evaluate=False))
    steps.append(Integral(diff(q, phi) * log(h / q), line))
    steps.append(Mul(Integer(-1), Integral(log(q / h) * diff(q, phi), line), evaluate=False))
    steps.append(Integral(diff(log(q), phi) * log(h / q) * q, line))
    return steps


def elbo_gradient(log_h, log_q, phi, z):
    count = z.shape[0]
    parameter = phi.detach().clone().requires_grad_(True)
    log_density = log_q(z, parameter)
    reward = (log_h(z) - log_density).detach()
    if count > 1:
        # Each sample's baseline is the mean reward of the others, so it is independent of it.
        baseline = (reward.sum() - reward) / (count - 1)
        reward = reward - baseline
    return torch.autograd.grad(log_density, parameter, grad_outputs=reward / count)[0]
