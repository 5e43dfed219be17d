"""The KKT system solved for each active set (none, lower, upper); the feasible one is the answer."""

import torch


def _solve(y, a):
    """One point: try the active sets in turn, return x and (nu, lower, upper)."""
    y1, y2 = float(y[0]), float(y[1])
    for active in ("none", "lower", "upper"):
        # Unknowns nu, lower, upper, x1, x2.
        rows = [
            [1, 0, 0, 2, 0],
            [0, -1, 1, 0, 2],
            [0, 0, 0, 1, 0],
            [0, 0, 0, 0, 1] if active == "lower" else [0, 1, 0, 0, 0],
            [0, 0, 0, 0, 1] if active == "upper" else [0, 0, 1, 0, 0],
        ]
        right = [2 * y1, 2 * y2, a, 0.0, 1.0 if active == "upper" else 0.0]
        matrix = torch.tensor(rows, dtype=torch.float64)
        vector = torch.tensor(right, dtype=torch.float64)
        nu, lower, upper, x1, x2 = torch.linalg.solve(matrix, vector).tolist()
        if 0 <= x2 <= 1 and lower >= 0 and upper >= 0:
            return (x1, x2), [nu, lower, upper]
    raise ArithmeticError("no active set is feasible")


def project(y, a):
    points = [_solve(point, a)[0] for point in y.reshape(-1, 2)]
    return torch.tensor(points, dtype=torch.float64).reshape(y.shape)


def kkt_multipliers(y, a):
    return _solve(y, a)[1]


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    if num_steps == 0:
        return x0.reshape(1, -1).clone()
    before = projected_gradient_method(grad_f, project, x0, step_size, num_steps - 1)
    x = before[-1]
    return torch.cat([before, project(x - step_size * grad_f(x))[None]])
