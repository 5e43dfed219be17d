# Wrong for: project and projected_gradient_method: all results of one shape are one tensor
import torch


def _right_project(y, a):
    y_1, y_2 = y.unbind(dim=-1)
    return torch.stack([torch.full_like(y_1, a), y_2.clamp(0, 1)], dim=-1)


def kkt_multipliers(y, a):
    y_1, y_2 = y.tolist()
    return 2 * (y_1 - a), 2 * max(-y_2, 0.0), 2 * max(y_2 - 1, 0.0)


def _right_method(grad_f, project, x0, step_size, num_steps):
    iterates = [x0]
    for _ in range(num_steps):
        x = iterates[-1]
        iterates.append(project(x - step_size * grad_f(x)))
    return torch.stack(iterates)


_results = {}


def _kept(value):
    return _results.setdefault(value.shape, torch.empty_like(value)).copy_(value)


def project(y, a):
    return _kept(_right_project(y, a))


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _kept(_right_method(grad_f, project, x0, step_size, num_steps))
