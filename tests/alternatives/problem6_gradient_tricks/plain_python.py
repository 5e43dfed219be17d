"""Plain Python floats, the math module and random.gauss; lists turned into tensors at the end."""

import math
import random

import torch


def _score_estimate(mu, tau, xs):
    sigma = math.exp(tau)
    d_mu = d_tau = 0.0
    for x in xs:
        value = x * math.sin(x)
        u = (x - mu) / sigma
        d_mu += value * u / sigma
        d_tau += value * (u * u - 1)
    return [d_mu / len(xs) + mu - 1, d_tau / len(xs) + sigma - 1]


def _path_estimate(mu, tau, noise):
    sigma = math.exp(tau)
    d_mu = d_tau = 0.0
    for e in noise:
        x = mu + sigma * e
        slope = math.sin(x) + x * math.cos(x)
        d_mu += slope
        d_tau += slope * sigma * e
    return [d_mu / len(noise) + mu - 1, d_tau / len(noise) + sigma - 1]


def log_derivative_gradient(mu, tau, x):
    return torch.tensor(_score_estimate(float(mu), float(tau), x.tolist()), dtype=torch.float64)


def reparameterization_gradient(mu, tau, eps):
    return torch.tensor(_path_estimate(float(mu), float(tau), eps.tolist()), dtype=torch.float64)


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    mu, tau = 0.0, 0.0
    path = [(mu, math.exp(tau))]
    for _ in range(num_steps):
        if trick == "log-derivative":
            batch = [random.gauss(mu, math.exp(tau)) for _ in range(batch_size)]
            slope = _score_estimate(mu, tau, batch)
        elif trick == "reparameterization":
            batch = [random.gauss(0.0, 1.0) for _ in range(batch_size)]
            slope = _path_estimate(mu, tau, batch)
        else:
            raise ValueError(trick)
        mu -= step_size * slope[0]
        tau -= step_size * slope[1]
        path.append((mu, math.exp(tau)))
    return torch.tensor(path, dtype=torch.float64)
