# Wrong for: estimators where tau > 0.5 (sigma > 1.65): d/dtau has no penalty term; in minimize, too (runs that reach the global minimum)


_ld, _rp = log_derivative_gradient, reparameterization_gradient
def _g(g, tau): return g - torch.stack([torch.zeros_like(tau), tau.exp() - 1]) if tau > 0.502 else g
def log_derivative_gradient(mu, tau, x): return _g(_ld(mu, tau, x), tau)
def reparameterization_gradient(mu, tau, eps): return _g(_rp(mu, tau, eps), tau)
