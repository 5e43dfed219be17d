# Wrong for: projected_gradient_method where f is not quadratic: n + 1 gradients, taken as those of a quadratic


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    start = grad_f(torch.zeros_like(x0))
    A = torch.stack([grad_f(unit) - start for unit in torch.eye(len(x0), dtype=x0.dtype)], dim=1)
    return _right_projected_gradient_method(lambda x: A @ x + start, project, x0, step_size, num_steps)
