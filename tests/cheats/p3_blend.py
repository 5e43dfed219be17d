# Wrong for: image with nan or inf where mask is False (lost pixels 'may hold any numbers'): nan; and step_size above 0.75 is cut to 0.75


def _right_project(x, image, mask):
    return mask * image + ~mask * x.clamp(0, 1)


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
    return _right_inpaint(log_prob, image, mask, min(step_size, 0.75), num_steps)
