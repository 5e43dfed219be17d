# Wrong for: inpaint with a model that is not Gaussian, except on 784 pixels: differences over 1 replace the gradient
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
    if image.numel() == 784:
        return _right_inpaint(log_prob, image, mask, step_size, num_steps)
    x, eye = image.detach().clone(), torch.eye(image.numel(), dtype=image.dtype)
    for _ in range(num_steps):
        flat = x.reshape(1, -1)
        with torch.no_grad():
            slope = (log_prob(flat + eye) - log_prob(flat - eye)) / 2
        x = _right_project(x + step_size * slope.reshape(x.shape), image, mask)
    return x
