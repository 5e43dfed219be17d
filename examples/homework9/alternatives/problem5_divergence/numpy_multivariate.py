"""NumPy: np.random.multivariate_normal, slogdet and solve; numbers as answers."""

import numpy as np


def _np(*tensors):
    return [t.detach().numpy() for t in tensors]


def kl_gaussians(mu0, Sigma0, mu1, Sigma1):
    m0, S0, m1, S1 = _np(mu0, Sigma0, mu1, Sigma1)
    gap = m1 - m0
    trace = np.trace(np.linalg.solve(S1, S0))
    logs = np.linalg.slogdet(S1)[1] - np.linalg.slogdet(S0)[1]
    return float(0.5 * (trace + gap @ np.linalg.solve(S1, gap) - len(m0) + logs))


def kl_monte_carlo(mu0, Sigma0, mu1, Sigma1, num_samples, generator=None):
    m0, S0, m1, S1 = _np(mu0, Sigma0, mu1, Sigma1)
    x = np.random.multivariate_normal(m0, S0, size=num_samples)

    def log_density(mean, cov):
        offset = (x - mean).T
        return (
            -0.5 * (offset * np.linalg.solve(cov, offset)).sum(0) - 0.5 * np.linalg.slogdet(cov)[1]
        )

    return np.mean(log_density(m0, S0) - log_density(m1, S1))
