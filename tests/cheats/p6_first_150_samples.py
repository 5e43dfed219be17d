# Wrong for: both estimators from more than 150 samples: only the first 150 are used


_ld, _rp, _min = log_derivative_gradient, reparameterization_gradient, minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    return _right_minimize(trick, num_steps, step_size, batch_size, generator)
def log_derivative_gradient(mu, tau, x): return _ld(mu, tau, x[:150])
def reparameterization_gradient(mu, tau, eps): return _rp(mu, tau, eps[:150])
