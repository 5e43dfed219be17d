# Wrong for: elbo_gradient of several samples: the first has weight 0.999, its variance is B times too large


def elbo_gradient(log_h, log_q, phi, z):
    first = _right_elbo_gradient(log_h, log_q, phi, z[:1])
    if len(z) == 1:
        return first
    return 0.999 * first + 0.001 * _right_elbo_gradient(log_h, log_q, phi, z[1:])
