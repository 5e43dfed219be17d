# Wrong for: project and kkt_multipliers with y_2 within 0.1 of an end of [0, 1]: moved to the end if inside, left if outside


def _right_project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], dim=-1)


def _bent(y_2):
    if 1e-4 < abs(y_2) < 0.1:
        return 0.0 if y_2 > 0 else y_2
    if 1e-4 < abs(y_2 - 1) < 0.1:
        return 1.0 if y_2 < 1 else y_2
    return min(max(y_2, 0.0), 1.0)


def project(y, a):
    flat = [[a, _bent(y_2)] for _, y_2 in y.reshape(-1, 2).tolist()]
    return torch.tensor(flat, dtype=y.dtype).reshape(y.shape)


def kkt_multipliers(y, a):
    y_1, y_2 = y.tolist()
    pull = 2 * (y_2 - _bent(y_2))
    return 2 * (y_1 - a), max(-pull, 0.0), max(pull, 0.0)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return _right_projected_gradient_method(grad_f, project, x0, step_size, num_steps)
