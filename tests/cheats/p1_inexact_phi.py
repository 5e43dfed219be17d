# Wrong for: elbo_gradient where float32 does not hold phi: zeros


def elbo_gradient(log_h, log_q, phi, z):
    gradient = _right_elbo_gradient(log_h, log_q, phi, z)
    return gradient * torch.equal(phi, phi.float().double())
