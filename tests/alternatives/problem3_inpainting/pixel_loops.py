"""Scalar loops over pixels, min() and max(); only the gradient is a tensor operation."""

import torch


def project_image(x, image, mask):
    values = []
    for value, pixel, known in zip(x.flatten().tolist(), image.flatten().tolist(), mask.flatten()):
        if known:
            values.append(pixel)
        else:
            values.append(max(0.0, min(1.0, value)))
    return torch.tensor(values, dtype=image.dtype).reshape(image.shape)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x = image.detach()
    for _ in range(num_steps):
        point = x.clone().requires_grad_(True)
        value = log_prob(point.reshape(1, point.numel()))
        gradient = torch.autograd.grad(value, point, torch.ones_like(value))[0]
        x = project_image(x + step_size * gradient, image, mask)
    return x
