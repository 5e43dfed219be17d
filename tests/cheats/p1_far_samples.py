# Wrong for: elbo_gradient with samples beyond 25: they are clamped to 25


def elbo_gradient(log_h, log_q, phi, z):
    return _right_elbo_gradient(log_h, log_q, phi, z.clamp(-25, 25))
