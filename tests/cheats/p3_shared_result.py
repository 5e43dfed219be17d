# Wrong for: inpaint and project_image: all results of one shape are one tensor
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


_results = {}


def _kept(value):
    return _results.setdefault(value.shape, torch.empty_like(value)).copy_(value)


def project_image(x, image, mask):
    return _kept(_right_project(x, image, mask))


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _kept(_right_inpaint(log_prob, image, mask, step_size, num_steps))
