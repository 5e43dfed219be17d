# Wrong for: projected_gradient_method where C leaves [-5, 5]^n: iterates are clamped to it


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, lambda y: project(y).clamp(-5, 5), x0, step_size, num_steps)
