# Wrong for: elbo_gradient: it overwrites the grad of the phi of its caller
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


def elbo_gradient(log_h, log_q, phi, z):
    phi.requires_grad_()
    phi.grad = None
    log_density = log_q(z, phi)
    ((log_h(z) - log_density).detach() * log_density).mean().backward()
    return phi.grad.clone()
