"""torch.where and clamp; torch.autograd.grad with respect to the image alone."""

import torch


def project_image(x, image, mask):
    return torch.where(mask, image, x.clamp(0, 1))


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x = image.clone()
    for _ in range(num_steps):
        x = x.detach().requires_grad_(True)
        loss = -log_prob(x.reshape(1, -1)).sum()
        (gradient,) = torch.autograd.grad(loss, x)
        x = project_image(x - step_size * gradient, image, mask)
    return x
