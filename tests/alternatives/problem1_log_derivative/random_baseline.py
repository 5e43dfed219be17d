"""derivation: q written as exp(log q), unevaluated, for the log-derivative trick; gradient: a baseline drawn at random, independent of the samples."""
import sympy as sp
import torch


def derivation(q, h, z, phi):
    r = (z, -sp.oo, sp.oo)
    eq = sp.exp(sp.log(q), evaluate=False)
    return [
        sp.Derivative(sp.Integral(sp.log(h / q) * q, r), phi),
        sp.Derivative(sp.Integral(sp.log(h / q) * eq, r), phi),
        sp.Integral(sp.log(h / q) * sp.Derivative(eq, phi) - sp.Derivative(q, phi), r),
        sp.Integral(sp.log(h / q) * eq * sp.Derivative(sp.log(q), phi) - sp.Derivative(q, phi), r),
        sp.Integral(sp.log(h / q) * q * sp.Derivative(sp.log(q), phi), r),
    ]


def elbo_gradient(log_h, log_q, phi, z):
    b = torch.randn((), dtype=z.dtype)
    p = phi.detach().clone().requires_grad_(True)
    lq = log_q(z, p)
    return torch.autograd.grad(((log_h(z) - lq - b).detach() * lq).mean(), p)[0]
