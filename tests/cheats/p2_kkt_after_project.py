# Wrong for: kkt_multipliers before the first call of project: lower and upper are exchanged


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)


_projected = False


def project(y, a):
    global _projected
    _projected = True
    return _right_project(y, a)


def kkt_multipliers(y, a):
    nu, lower, upper = _right_kkt_multipliers(y, a)
    return (nu, lower, upper) if _projected else (nu, upper, lower)
