# Wrong for: estimators at sigma > 1.65 or < 0.28 (the global minimum has sigma = 1.96) or |mu| > 2.3: taken at the nearest place inside; minimize is right


_ld, _rp, _min = log_derivative_gradient, reparameterization_gradient, minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    return _right_minimize(trick, num_steps, step_size, batch_size, generator)
def log_derivative_gradient(mu, tau, x):
    return _ld(mu.clamp(-2.3, 2.1), tau.clamp(-1.27, 0.501), x)
def reparameterization_gradient(mu, tau, eps):
    return _rp(mu.clamp(-2.3, 2.1), tau.clamp(-1.27, 0.501), eps)
