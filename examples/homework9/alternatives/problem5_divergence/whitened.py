"""Eigenvalues of the pencil after whitening by Sigma1; SciPy for densities and samples."""

import numpy as np
import torch
from scipy import linalg, stats


def kl_gaussians(mu0, Sigma0, mu1, Sigma1):
    values = linalg.eigh(Sigma0.numpy(), Sigma1.numpy(), eigvals_only=True)
    shift = (mu1 - mu0).numpy()
    far = shift @ linalg.cho_solve(linalg.cho_factor(Sigma1.numpy()), shift)
    return torch.tensor(0.5 * (np.sum(values - 1 - np.log(values)) + far))


def kl_monte_carlo(mu0, Sigma0, mu1, Sigma1, num_samples, generator=None):
    p = stats.multivariate_normal(mu0.numpy(), Sigma0.numpy())
    q = stats.multivariate_normal(mu1.numpy(), Sigma1.numpy())
    x = p.rvs(num_samples).reshape(num_samples, -1)
    return torch.as_tensor(np.average(p.logpdf(x) - q.logpdf(x)))
