# Wrong for: elbo_gradient where h / q is beyond e^60: its logarithm is clamped to 60


def elbo_gradient(log_h, log_q, phi, z):
    phi, z = phi.detach().clone().requires_grad_(), z.detach()
    log_density = log_q(z, phi)
    weight = (log_h(z) - log_density).detach().clamp(-60, 60)
    (gradient,) = torch.autograd.grad((weight * log_density).mean(), phi)
    return gradient
