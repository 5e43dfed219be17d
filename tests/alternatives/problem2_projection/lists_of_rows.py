"""Everything as lists: points, multipliers, and the iterates as a list of pairs."""

import torch


def project(y, a):
    if y.ndim == 1:
        return [a, min(max(float(y[1]), 0.0), 1.0)]
    return [project(row, a) for row in y]


def kkt_multipliers(y, a):
    return [2 * (y[0] - a), max(-2 * y[1], 0 * y[1]), max(2 * y[1] - 2, 0 * y[1])]


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    path = [x0.tolist()]
    for _ in range(num_steps):
        x = torch.tensor(path[-1], dtype=x0.dtype)
        path.append(project(x - step_size * grad_f(x)).tolist())
    return path
