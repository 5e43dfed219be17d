# Wrong for: inpaint with a step_size below 5e-5 or above 1.5: the nearest of these is used
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
    return _right_inpaint(log_prob, image, mask, min(max(step_size, 5e-5), 1.5), num_steps)
