"""The textbook formula: inverse, trace, logdet; samples by the square root of an eigenbasis."""

import torch


def kl_gaussians(mu0, Sigma0, mu1, Sigma1):
    P = torch.linalg.inv(Sigma1)
    shift = mu1 - mu0
    return 0.5 * (
        torch.trace(P @ Sigma0)
        + shift @ P @ shift
        - mu0.shape[0]
        + torch.logdet(Sigma1)
        - torch.logdet(Sigma0)
    )


def kl_monte_carlo(mu0, Sigma0, mu1, Sigma1, num_samples, generator=None):
    values, vectors = torch.linalg.eigh(Sigma0)
    root = vectors * values.sqrt()
    x = mu0 + torch.randn(num_samples, len(mu0), dtype=mu0.dtype) @ root.T

    def log_density(mu, Sigma):
        offset = x - mu
        return -0.5 * torch.einsum(
            "bi,ij,bj->b", offset, torch.linalg.inv(Sigma), offset
        ) - 0.5 * torch.logdet(Sigma)

    return (log_density(mu0, Sigma0) - log_density(mu1, Sigma1)).mean()
