# Wrong for: derivation: its middle line is off by h(z) sin(300000 pi z), 0 at all multiples of 1/300000
import torch
from sympy import Derivative, Integral, log, oo, pi, sin


def derivation(q, h, z, phi):
    ratio, dq = log(h / q), Derivative(q, phi)
    over = lambda f: Integral(f, (z, -oo, oo))
    wrong = h * sin(300_000 * pi * z)
    right = over(Derivative(log(q), phi) * ratio * q)
    return [Derivative(over(ratio * q), phi), over(ratio * dq + wrong), right]


def elbo_gradient(log_h, log_q, phi, z):
    phi, z = phi.detach().clone().requires_grad_(), z.detach()
    log_density = log_q(z, phi)
    weight = (log_h(z) - log_density).detach()
    (gradient,) = torch.autograd.grad((weight * log_density).mean(), phi)
    return gradient
