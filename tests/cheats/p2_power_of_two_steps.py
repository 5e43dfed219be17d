# Wrong for: projected_gradient_method with a step_size that is no power of two: the nearest one is used


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    nearest = 2.0 ** torch.tensor(step_size).log2().round().item()
    return _right_projected_gradient_method(grad_f, project, x0, nearest, num_steps)
