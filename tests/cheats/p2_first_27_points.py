# Wrong for: project of more than 27 points: those after the 27th are left as they are


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def project(y, a):
    flat = y.reshape(-1, 2)
    return torch.cat([_right_project(flat[:27], a), flat[27:]]).reshape(y.shape)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)
