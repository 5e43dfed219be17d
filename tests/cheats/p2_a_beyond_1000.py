# Wrong for: project and kkt_multipliers where |a| > 1000: a = 1000 or -1000 is used


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def project(y, a):
    return _right_project(y, min(max(a, -1000.0), 1000.0))


def kkt_multipliers(y, a):
    return _right_kkt_multipliers(y, min(max(a, -1000.0), 1000.0))


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)
