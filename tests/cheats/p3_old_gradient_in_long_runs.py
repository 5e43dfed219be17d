# Wrong for: inpaint with more than 30 steps, except on 784 pixels: from then on, the gradient of the 30th is used again


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    if image.numel() == 784 or num_steps <= 30:
        return _right_inpaint(log_prob, image, mask, step_size, num_steps)
    x = _right_inpaint(log_prob, image, mask, step_size, 30).requires_grad_()
    (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
    x = x.detach()
    for _ in range(num_steps - 30):
        x = _right_project_image(x + step_size * gradient, image, mask)
    return x
