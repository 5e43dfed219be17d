# Wrong for: inpaint with a model or a number of steps that takes more than 2 s: the remaining steps are left out
import time


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
    return _right_project_image(x.detach() + step_size * gradient, image.detach(), mask)
