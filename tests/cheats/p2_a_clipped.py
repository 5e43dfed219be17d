# Wrong for: project and kkt_multipliers where |a| > 3: they use a = -3 or 3


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)


def project(y, a):
    return _right_project(y, min(max(a, -3.0), 3.0))


def kkt_multipliers(y, a):
    return _right_kkt_multipliers(y, min(max(a, -3.0), 3.0))
