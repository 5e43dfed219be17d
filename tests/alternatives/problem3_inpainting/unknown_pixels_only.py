"""A class whose variable is the vector of unknown pixels; the known ones are filled in."""

import torch


class Inpainter:
    def __init__(self, log_prob, image, mask):
        self.log_prob = log_prob
        self.image = image.detach()
        self.mask = mask

    def fill(self, unknown):
        return self.image.masked_scatter(~self.mask, unknown)

    def ascent_direction(self, unknown):
        unknown = unknown.detach().requires_grad_(True)
        with torch.enable_grad():
            value = self.log_prob(self.fill(unknown).flatten()[None, :]).sum()
        return torch.autograd.grad(value, unknown)[0]

    def run(self, step_size, num_steps):
        unknown = self.image[~self.mask]
        for _ in range(num_steps):
            unknown = unknown + step_size * self.ascent_direction(unknown)
            unknown = unknown.clamp(0.0, 1.0)
        return self.fill(unknown)


def project_image(x, image, mask):
    return x.clip(min=0).clip(max=1).masked_scatter(mask, image[mask])


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return Inpainter(log_prob, image, mask).run(step_size, num_steps)
