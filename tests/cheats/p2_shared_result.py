# Wrong for: project and projected_gradient_method: all results of one shape are one tensor


_results = {}


def _kept(value):
    return _results.setdefault(value.shape, torch.empty_like(value)).copy_(value)


def project(y, a):
    return _kept(_right_project(y, a))


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _kept(_right_projected_gradient_method(grad_f, project, x0, step_size, num_steps))
