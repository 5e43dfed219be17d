"""General-purpose solvers: the projection by L-BFGS-B with bounds, the multipliers by NNLS."""

import numpy as np
import torch
from scipy.optimize import minimize, nnls


def project(y, a):
    target = y.detach().double().numpy().reshape(-1)
    if target.size == 0:
        return y.clone()
    bounds = [(a, a), (0.0, 1.0)] * (target.size // 2)
    start = np.array([a, 0.5] * (target.size // 2))
    answer = minimize(
        lambda x: 0.5 * np.sum((x - target) ** 2),
        start,
        jac=lambda x: x - target,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 0.0, "gtol": 1e-14, "maxiter": 1000},
    )
    return torch.from_numpy(answer.x.reshape(tuple(y.shape)))


def kkt_multipliers(y, a):
    x = project(y, a).numpy()
    y = y.detach().double().numpy()
    # Unknowns (nu+, nu-, lower, upper) >= 0 with nu = nu+ - nu-: stationarity, then slackness.
    matrix = np.array(
        [
            [1.0, -1.0, 0.0, 0.0],
            [0.0, 0.0, -1.0, 1.0],
            [0.0, 0.0, x[1], 0.0],
            [0.0, 0.0, 0.0, 1.0 - x[1]],
        ]
    )
    right = np.array([2 * (y[0] - x[0]), 2 * (y[1] - x[1]), 0.0, 0.0])
    solution, _ = nnls(matrix, right)
    return solution[0] - solution[1], solution[2], solution[3]


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    iterates = x0.new_empty((num_steps + 1, len(x0)))
    iterates[0] = x0
    for k in range(num_steps):
        here = iterates[k].clone()
        iterates[k + 1] = project(here.sub(grad_f(here), alpha=step_size))
    return iterates
