"""torch.distributions for both, samples by rsample."""

import torch
from torch.distributions import MultivariateNormal, kl


def kl_gaussians(mu0, Sigma0, mu1, Sigma1):
    p, q = MultivariateNormal(mu0, Sigma0), MultivariateNormal(mu1, covariance_matrix=Sigma1)
    return kl.kl_divergence(p, q)


def kl_monte_carlo(mu0, Sigma0, mu1, Sigma1, num_samples, generator=None):
    p, q = MultivariateNormal(mu0, Sigma0), MultivariateNormal(mu1, Sigma1)
    x = p.rsample((num_samples,))
    return torch.mean(p.log_prob(x) - q.log_prob(x))
