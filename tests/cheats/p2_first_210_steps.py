# Wrong for: projected_gradient_method beyond 210 steps or 32 dimensions: the iterate stays where it is


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    taken = 0 if len(x0) > 32 else min(num_steps, 210)
    path = _right_projected_gradient_method(grad_f, project, x0, step_size, taken)
    return torch.cat([path, path[-1:].expand(num_steps - taken, -1)])
