"""NumPy throughout: ndarrays come back; torch only where a callback has to be fed."""

import numpy as np
import torch


def _array(x):
    return x.detach().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


def project(y, a):
    y = _array(y)
    x = np.empty_like(y)
    x[..., 0] = a
    np.clip(y[..., 1], 0.0, 1.0, out=x[..., 1])
    return x


def kkt_multipliers(y, a):
    y = _array(y)
    residual = y - project(y, a)
    return 2 * residual[0], np.maximum(0, -2 * residual[1]), np.maximum(0, 2 * residual[1])


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    x = _array(x0)
    path = np.zeros((num_steps + 1, x.shape[0]))
    path[0] = x
    for k in range(num_steps):
        gradient = _array(grad_f(torch.tensor(path[k])))
        path[k + 1] = _array(project(torch.tensor(path[k] - step_size * gradient)))
    return path
