"""Plain Python for the functions, math.erf and loops; the fit by SciPy's optimiser on all data."""

import math

import numpy as np
import torch
from scipy.optimize import minimize
from scipy.special import logsumexp, ndtr


def flow(x, w, mu, tau):
    return [
        sum(
            math.exp(a) * math.erf((b - m) / math.exp(t) / math.sqrt(2)) / 2
            for a, m, t in zip(w.tolist(), mu.tolist(), tau.tolist())
        )
        for b in x.tolist()
    ]


def log_derivative(x, w, mu, tau):
    values = []
    for b in x.tolist():
        terms = [
            a - t - ((b - m) / math.exp(t)) ** 2 / 2 - math.log(2 * math.pi) / 2
            for a, m, t in zip(w.tolist(), mu.tolist(), tau.tolist())
        ]
        top = max(terms)
        values.append(top + math.log(sum(math.exp(term - top) for term in terms)))
    return values


def log_density(x, w, mu, tau):
    pairs = zip(flow(x, w, mu, tau), log_derivative(x, w, mu, tau))
    return [-z * z / 2 - math.log(2 * math.pi) / 2 + d for z, d in pairs]


def negative_log_likelihood(x, w, mu, tau):
    return -sum(log_density(x, w, mu, tau))


def fit(x, n=5, num_steps=500, step_size=0.05, batch_size=128, generator=None):
    data = np.array(x.tolist())
    centres = np.quantile(data, (np.arange(n) + 0.5) / n)
    start = np.concatenate([np.full(n, math.log(6 / n)), centres, np.zeros(n)])

    def loss(theta):
        w, mu, tau = theta.reshape(3, n)
        unit = (data[:, None] - mu) / np.exp(tau)
        z = ((ndtr(unit) - 0.5) * np.exp(w)).sum(1)
        terms = w - tau - unit**2 / 2 - math.log(2 * math.pi) / 2
        log_slope = logsumexp(terms, axis=1)
        share = np.exp(terms - log_slope[:, None])
        bump = np.exp(-(unit**2) / 2) / math.sqrt(2 * math.pi)
        # Derivatives of z^2 / 2 - log f', point by point.
        by_w = z[:, None] * (ndtr(unit) - 0.5) * np.exp(w) - share
        by_mu = -z[:, None] * bump * np.exp(w - tau) - share * unit / np.exp(tau)
        by_tau = -z[:, None] * bump * unit * np.exp(w) - share * (unit**2 - 1)
        gradient = np.concatenate([by_w.mean(0), by_mu.mean(0), by_tau.mean(0)])
        return (z**2 / 2 - log_slope).mean(), gradient

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return tuple(torch.tensor(part) for part in found.reshape(3, n))
