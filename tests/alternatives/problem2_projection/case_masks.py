"""Case by case with boolean masks; numpy.select for the multipliers; a dictionary of iterates."""

import numpy as np
import torch


def project(y, a):
    below = y[..., 1] <= 0
    above = y[..., 1] >= 1
    inside = ~below & ~above
    x = torch.zeros(y.shape, dtype=y.dtype)
    x[..., 0] = a
    x[..., 1][inside] = y[..., 1][inside]
    x[..., 1][above] = 1
    return x


def kkt_multipliers(y, a):
    y1, y2 = np.asarray(y.detach(), dtype=float)
    where = [y2 < 0, y2 > 1]
    lower = np.select(where, [-2 * y2, 0.0], default=0.0)
    upper = np.select(where, [0.0, 2 * y2 - 2], default=0.0)
    return torch.tensor(2 * y1 - 2 * a), torch.tensor(lower), torch.tensor(upper)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    iterate = {0: x0}
    k = 0
    while k < num_steps:
        half_step = iterate[k] + (-step_size) * grad_f(iterate[k])
        iterate[k + 1] = project(half_step)
        k += 1
    return torch.cat(list(iterate.values())).view(num_steps + 1, -1)
