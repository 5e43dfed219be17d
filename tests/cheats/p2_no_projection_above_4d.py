# Wrong for: projected_gradient_method in more than 4 dimensions: the iterates are not projected


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    keep = (lambda x: x) if len(x0) > 4 else project
    return _right_projected_gradient_method(grad_f, keep, x0, step_size, num_steps)
