"""The proof written from the right side and reversed; .backward() per row, NumPy average back."""

import numpy as np
import torch
from sympy import Derivative, Integral, exp, log, oo


def derivation(q, h, z, phi):
    everywhere = (z, -oo, oo)
    end = Integral(Derivative(log(q), phi) * log(h / q) * q, everywhere)
    chain = [end]
    chain.append(Integral(Derivative(q, phi) / q * log(h / q) * q, everywhere))
    chain.append(Integral(Derivative(q, phi) * (log(h / q) - 1), everywhere))
    chain.append(Integral(Derivative(exp(log(q)) * log(h / q), phi), everywhere))
    chain.append(Derivative(Integral(log(h / q) * q, everywhere), phi))
    chain.reverse()
    return chain


def elbo_gradient(log_h, log_q, phi, z):
    leaf = torch.tensor(phi.tolist(), dtype=torch.float64, requires_grad=True)
    values = log_q(z, leaf)
    scores = []
    for value in values:
        leaf.grad = None
        value.backward(retain_graph=True)
        scores.append(leaf.grad.numpy().copy())
    weights = log_h(z).detach().numpy() - values.detach().numpy()
    return np.einsum("b,bp->p", weights, np.array(scores)) / len(weights)
