"""torch.clamp in single precision, float32 results; callbacks still get the caller's precision."""

import torch


def project(y, a):
    y = y.float()
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def kkt_multipliers(y, a):
    gap = 2 * (y.float() - project(y, a))
    nu, second = gap
    return nu, (-second).clamp(min=0), second.clamp(min=0)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    xs = [x0.float()]
    x = x0
    for _ in range(num_steps):
        x = project(x - step_size * grad_f(x)).to(x0.dtype)
        xs.append(x.float())
    return torch.stack(xs)
