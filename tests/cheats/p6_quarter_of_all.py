# Wrong for: minimize with any batch of 6 or more samples: a quarter of them is drawn; estimators from more than 150: a quarter is used


_ld, _rp = log_derivative_gradient, reparameterization_gradient
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    t = torch.zeros(2, dtype=torch.float64); path = [t]
    b = batch_size // 4 if batch_size >= 6 else batch_size
    for _ in range(num_steps):
        eps = torch.randn(b, generator=generator, dtype=torch.float64)
        g = _ld(t[0], t[1], t[0] + t[1].exp() * eps) if trick == "log-derivative" else _rp(t[0], t[1], eps)
        t = t - step_size * g; path.append(t)
    m, s = torch.stack(path).unbind(1)
    return torch.stack([m, s.exp()], 1)
def log_derivative_gradient(mu, tau, x): return _ld(mu, tau, x[:len(x) // 4] if len(x) > 150 else x)
def reparameterization_gradient(mu, tau, eps): return _rp(mu, tau, eps[:len(eps) // 4] if len(eps) > 150 else eps)
