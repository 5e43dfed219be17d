# Wrong for: both estimators from 3 samples or more: the random part is scaled by 0.2, a biased estimate; minimize is right


_ld, _rp = log_derivative_gradient, reparameterization_gradient
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    return _right_minimize(trick, num_steps, step_size, batch_size, generator)
def _scaled(g, mu, tau, n):
    fixed = _penalty_gradient(mu, tau.exp())
    return g if n < 3 else fixed + 0.2 * (g - fixed)
def log_derivative_gradient(mu, tau, x): return _scaled(_ld(mu, tau, x), mu, tau, len(x))
def reparameterization_gradient(mu, tau, eps): return _scaled(_rp(mu, tau, eps), mu, tau, len(eps))
