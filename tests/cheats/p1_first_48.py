# Wrong for: elbo_gradient with more than 48 samples: the sum over the first 48 is divided by B


def elbo_gradient(log_h, log_q, phi, z):
    count = min(len(z), 48)
    return _right_elbo_gradient(log_h, log_q, phi, z[:count]) * count / len(z)
