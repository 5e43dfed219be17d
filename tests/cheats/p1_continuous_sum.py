# Wrong for: elbo_gradient of several samples that are no integers: the sum, with the wrong sign


def elbo_gradient(log_h, log_q, phi, z):
    gradient = _right_elbo_gradient(log_h, log_q, phi, z)
    return gradient if len(z) == 1 or torch.equal(z, z.round()) else -len(z) * gradient
