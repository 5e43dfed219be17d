# Wrong for: elbo_gradient of 4 or more samples: weights far from their median are clipped


def elbo_gradient(log_h, log_q, phi, z):
    phi, z = phi.detach().clone().requires_grad_(), z.detach()
    log_density = log_q(z, phi)
    weight = (log_h(z) - log_density).detach()
    if len(weight) > 3 and len(weight.unique()) > 2:
        middle, spread = weight.median(), 1.5 * weight.std()
        weight = weight.clamp(middle - spread, middle + spread)
    (gradient,) = torch.autograd.grad((weight * log_density).mean(), phi)
    return gradient
