# Wrong for: projected_gradient_method with steps shorter than 1e-5: the iterate stays where it is
import torch


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def _right_kkt(y, a):
    y_1, y_2 = y.tolist()
    return 2 * (y_1 - a), 2 * max(-y_2, 0.0), 2 * max(y_2 - 1, 0.0)


def _right_method(grad_f, project, x0, step_size, num_steps):
    iterates = [x0]
    for _ in range(num_steps):
        x = iterates[-1]
        iterates.append(project(x - step_size * grad_f(x)))
    return torch.stack(iterates)


def project(y, a):
    return _right_project(y, a)


def kkt_multipliers(y, a):
    return _right_kkt(y, a)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    def slope(x):
        short = step_size < 0.03 and step_size * grad_f(x).abs().max() < 1e-5
        return torch.zeros_like(x) if short else grad_f(x)

    return _right_method(slope, project, x0, step_size, num_steps)
