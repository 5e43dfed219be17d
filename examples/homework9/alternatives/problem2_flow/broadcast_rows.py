"""Parameters as rows and points as columns, vmap over points, RMSprop from random points."""

import torch
from torch.func import vmap


def _one(x, w, mu, tau):
    return torch.dot(torch.exp(w), torch.special.ndtr((x - mu) / torch.exp(tau)) - 0.5)


def _one_log(x, w, mu, tau):
    return torch.logsumexp(w - tau - ((x - mu) / torch.exp(tau)).pow(2).mul(0.5), 0)


def flow(x, w, mu, tau):
    return vmap(_one, (0, None, None, None))(x, w, mu, tau)


def log_derivative(x, w, mu, tau):
    root = torch.tensor(2 * torch.pi).sqrt().log()
    return vmap(_one_log, (0, None, None, None))(x, w, mu, tau) - root


def log_density(x, w, mu, tau):
    root = torch.tensor(2 * torch.pi).sqrt().log()
    return log_derivative(x, w, mu, tau) - flow(x, w, mu, tau) ** 2 / 2 - root


def negative_log_likelihood(x, w, mu, tau):
    return torch.neg(torch.sum(log_density(x, w, mu, tau)))


def fit(x, n=5, num_steps=500, step_size=0.05, batch_size=128, generator=None):
    theta = torch.zeros(3, n, dtype=x.dtype)
    theta[0] = torch.log(torch.tensor(6.0 / n))
    theta[1] = torch.linspace(0, 1, n + 2, dtype=x.dtype)[1:-1] * (x.max() - x.min()) + x.min()
    theta.requires_grad_(True)
    optimizer = torch.optim.RMSprop([theta], lr=step_size / 2)
    for k in range(num_steps):
        for group in optimizer.param_groups:
            group["lr"] = step_size / 2 * (1 - k / num_steps) + 1e-4
        which = torch.randint(0, x.numel(), (batch_size,))
        (grad,) = torch.autograd.grad(negative_log_likelihood(x[which], *theta) / batch_size, theta)
        theta.grad = grad
        optimizer.step()
    return theta[0].detach(), theta[1].detach(), theta[2].detach()
