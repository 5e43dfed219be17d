# Wrong for: elbo_gradient: it overwrites the grad of the phi of its caller


def elbo_gradient(log_h, log_q, phi, z):
    phi.requires_grad_()
    phi.grad = None
    log_density = log_q(z, phi)
    ((log_h(z) - log_density).detach() * log_density).mean().backward()
    return phi.grad.clone()
