# Wrong for: elbo_gradient of several samples that are no integers: the sum, with the wrong sign
import torch
from sympy import Add, Derivative, Integral, Mul, log, oo


def derivation(q, h, z, phi):
    ratio = log(h / q)
    dq = Derivative(q, phi)
    over = lambda f: Integral(f, (z, -oo, oo))
    return [
        Derivative(over(ratio * q), phi),
        over(Derivative(ratio * q, phi)),
        over(Derivative(ratio, phi) * q + ratio * dq),
        over(-dq + ratio * dq),
        -over(dq) + over(ratio * dq),
        over(ratio * dq),
        over(Derivative(log(q), phi) * ratio * q),
    ]


def _right_gradient(log_h, log_q, phi, z):
    phi, z = phi.detach().clone().requires_grad_(), z.detach()
    log_density = log_q(z, phi)
    weight = (log_h(z) - log_density).detach()
    (gradient,) = torch.autograd.grad((weight * log_density).mean(), phi)
    return gradient


def elbo_gradient(log_h, log_q, phi, z):
    gradient = _right_gradient(log_h, log_q, phi, z)
    return gradient if len(z) == 1 or torch.equal(z, z.round()) else -len(z) * gradient
