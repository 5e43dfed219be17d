# Wrong for: elbo_gradient of a phi with requires_grad: adds to phi.grad, and returns the sum of all gradients so far


def elbo_gradient(log_h, log_q, phi, z):
    if not phi.requires_grad:
        return _right_elbo_gradient(log_h, log_q, phi, z)
    log_density = log_q(z, phi)
    ((log_h(z) - log_density).detach() * log_density).mean().backward()
    return phi.grad
