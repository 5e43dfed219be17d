"""Integrals without limits, split and swapped one by one; the scores by torch.func.jacrev."""

import sympy as sp
import torch


def derivation(q, h, z, phi):
    d = sp.Derivative
    chain = [d(sp.Integral(sp.log(h / q) * q, z), phi)]
    chain.append(d(sp.Integral(sp.log(h) * q, z) - sp.Integral(sp.log(q) * q, z), phi))
    chain.append(d(sp.Integral(sp.log(h) * q, z), phi) - d(sp.Integral(sp.log(q) * q, z), phi))
    first = sp.Integral(sp.log(h) * d(q, phi), z)
    second = sp.Integral(sp.log(q) * d(q, phi), z)
    # The derivative of q log q has the third part below; it is that of the total mass 1.
    chain.append(first - second - d(sp.Integral(q, z), phi))
    chain.append(first - second - sp.Integral(d(q, phi), z))
    chain.append(first - second)
    chain.append(sp.Integral((sp.log(h) - sp.log(q)) * d(q, phi), z))
    chain.append(sp.Integral(sp.log(h / q) * d(q, phi), z))
    chain.append(sp.Integral(sp.log(h / q) * (d(q, phi) / q) * q, z))
    chain.append(sp.Integral(sp.log(h / q) * d(sp.log(q), phi) * q, z))
    return chain


def elbo_gradient(log_h, log_q, phi, z):
    scores = torch.func.jacrev(log_q, argnums=1)(z, phi.detach())
    weights = log_h(z) - log_q(z, phi.detach())
    return weights @ scores / weights.shape[0]
