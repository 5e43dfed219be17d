"""torch.where on a copy, and every result still attached to an autograd graph."""

import torch


def project(y, a):
    x = y.clone().requires_grad_(True) * 1.0
    second = torch.where(x[..., 1] < 0, torch.zeros_like(x[..., 1]), x[..., 1])
    second = torch.where(second > 1, torch.ones_like(second), second)
    first = x[..., 0] * 0 + a
    return torch.cat((first.unsqueeze(-1), second.unsqueeze(-1)), dim=-1)


def kkt_multipliers(y, a):
    x = project(y, a)
    d = 2 * (x - y)
    zero = torch.zeros((), dtype=y.dtype)
    return -d[0], torch.where(d[1] > 0, d[1], zero), torch.where(d[1] < 0, -d[1], zero)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    x = x0.clone().requires_grad_(True)
    out = x.unsqueeze(0)
    for _ in range(num_steps):
        x = project(x - step_size * grad_f(x))
        out = torch.vstack([out, x])
    return out
