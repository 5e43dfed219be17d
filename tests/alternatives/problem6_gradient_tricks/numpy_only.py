"""NumPy only: np.random.normal, ndarrays back, a dispatch table of the two tricks."""

import numpy as np


def _regulariser(mu, tau):
    return np.array([mu - 1.0, np.exp(tau) - 1.0])


def log_derivative_gradient(mu, tau, x):
    mu, tau, x = np.asarray(mu), np.asarray(tau), np.asarray(x)
    sigma2 = np.exp(2 * tau)
    scores = np.stack([(x - mu) / sigma2, (x - mu) ** 2 / sigma2 - 1.0])
    return scores @ (x * np.sin(x)) / x.size + _regulariser(mu, tau)


def reparameterization_gradient(mu, tau, eps):
    mu, tau, eps = np.asarray(mu), np.asarray(tau), np.asarray(eps)
    x = mu + np.exp(tau) * eps
    derivative = np.sin(x) + x * np.cos(x)
    chain = np.stack([np.ones_like(eps), np.exp(tau) * eps])
    return (chain * derivative).mean(axis=1) + _regulariser(mu, tau)


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    estimate, draw = {
        "log-derivative": (
            log_derivative_gradient,
            lambda mu, tau: np.random.normal(mu, np.exp(tau), batch_size),
        ),
        "reparameterization": (
            reparameterization_gradient,
            lambda mu, tau: np.random.normal(size=batch_size),
        ),
    }[trick]
    theta = np.zeros((num_steps + 1, 2))
    for k in range(num_steps):
        theta[k + 1] = theta[k] - step_size * estimate(*theta[k], draw(*theta[k]))
    theta[:, 1] = np.exp(theta[:, 1])
    return theta
