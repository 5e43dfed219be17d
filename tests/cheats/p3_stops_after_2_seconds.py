# Wrong for: inpaint with a model or a number of steps that takes more than 2 s: the remaining steps are left out
import time
import torch


def _right_project(x, image, mask):
    return torch.where(mask, image, x.clamp(0, 1))


def _right_inpaint(log_prob, image, mask, step_size, num_steps):
    x = image.detach().clone()
    for _ in range(num_steps):
        x.requires_grad_()
        (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
        x = _right_project(x.detach() + step_size * gradient, image.detach(), mask)
    return x


def project_image(x, image, mask):
    return _right_project(x, image, mask)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x, end = image.detach().clone(), time.monotonic() + 2.0
    for _ in range(num_steps):
        if time.monotonic() > end:
            break
        x = _right_inpaint_from(log_prob, x, image, mask, step_size)
    return x


def _right_inpaint_from(log_prob, x, image, mask, step_size):
    x = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
    return _right_project(x.detach() + step_size * gradient, image.detach(), mask)
