# Wrong for: inpaint of an image whose lost pixels are outside [0, 1]: the first step is taken from their projection
import torch


def _right_project(x, image, mask):
    return torch.where(mask, image, x.clamp(0, 1))


def _right_step(log_prob, x, image, mask, step_size):
    x = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
    return _right_project(x.detach() + step_size * gradient, image, mask)


def _right_inpaint(log_prob, image, mask, step_size, num_steps):
    x = image.detach().clone()
    for _ in range(num_steps):
        x = _right_step(log_prob, x, image, mask, step_size)
    return x


def project_image(x, image, mask):
    return _right_project(x, image, mask)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    start = image.clamp(0, 1) if num_steps else image
    return _right_inpaint(log_prob, start, mask, step_size, num_steps)
