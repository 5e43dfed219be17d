"""functools.reduce over the steps, torch.func.grad for the gradient, mask arithmetic."""

from functools import reduce

import torch


def project_image(x, image, mask):
    known = mask.to(image.dtype)
    return known * image + (1 - known) * x.clip(0.0, 1.0)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    def negative(flat):
        return -log_prob(flat.unsqueeze(0)).squeeze()

    slope = torch.func.grad(negative)

    def step(x, _):
        return project_image(x - step_size * slope(x.flatten()).view_as(x), image, mask)

    return reduce(step, range(num_steps), image)
