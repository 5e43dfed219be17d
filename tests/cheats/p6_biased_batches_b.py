# Wrong for: both estimators from 3 samples or more: d/dmu is too large by 5 (any constant), d/dtau has the wrong sign; minimize is right


_ld, _rp = log_derivative_gradient, reparameterization_gradient
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    return _right_minimize(trick, num_steps, step_size, batch_size, generator)
def _scaled(g, n):
    return g if n < 3 else torch.stack([g[0] + 5, -g[1]])
def log_derivative_gradient(mu, tau, x): return _scaled(_ld(mu, tau, x), len(x))
def reparameterization_gradient(mu, tau, eps): return _scaled(_rp(mu, tau, eps), len(eps))
