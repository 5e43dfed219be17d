# Wrong for: minimize with batches of more than one sample: each step is 2 % too short


def _gradient(trick, mu, tau, eps):
    if trick == "log-derivative":
        return _right_log_derivative_gradient(mu, tau, mu + tau.exp() * eps)
    return _right_reparameterization_gradient(mu, tau, eps)


def _draw(batch_size, generator=None):
    return torch.randn(batch_size, generator=generator, dtype=torch.float64)


def _sgd(trick, num_steps, step_size, batch_size, generator=None, draw=_draw, gradient=_gradient):
    if trick not in ("log-derivative", "reparameterization"):
        raise ValueError(f"trick is {trick!r}")
    place = torch.zeros(2, dtype=torch.float64)
    path = [place]
    for _ in range(num_steps):
        place = place - step_size * gradient(trick, place[0], place[1], draw(batch_size, generator))
        path.append(place)
    mus, taus = torch.stack(path).unbind(dim=1)
    return torch.stack([mus, taus.exp()], dim=1)


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    short = 0.98 if batch_size > 1 else 1.0
    return _sgd(trick, num_steps, short * step_size, batch_size, generator)
