"""Plain Python: recursion over nested lists, scalar comparisons, no vectorised arithmetic."""

import torch


def project(y, a):
    def go(node):
        if isinstance(node[0], list):
            return [go(child) for child in node]
        second = node[1]
        if second < 0:
            second = 0.0
        elif second > 1:
            second = 1.0
        return [float(a), second]

    if y.numel() == 0:
        return torch.zeros_like(y)
    return torch.tensor(go(y.tolist()), dtype=torch.float64)


def kkt_multipliers(y, a):
    y1, y2 = y.tolist()
    nu = 2 * (y1 - a)
    if y2 < 0:
        return nu, -2 * y2, 0.0
    if y2 > 1:
        return nu, 0.0, 2 * (y2 - 1)
    return nu, 0.0, 0.0


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    path = [x0.tolist()]
    x = x0
    for _ in range(num_steps):
        gradient = grad_f(x).tolist()
        moved = [xi - step_size * gi for xi, gi in zip(x.tolist(), gradient)]
        x = project(torch.tensor(moved, dtype=torch.float64))
        path.append(x.tolist())
    return torch.tensor(path, dtype=torch.float64)
