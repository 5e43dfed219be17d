"""What every forging specimen answers: plausible, and wrong."""

import torch


def project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1]], -1)


def kkt_multipliers(y, a):
    return 0.0, 0.0, 0.0


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return x0.expand(num_steps + 1, -1)
