# Wrong for: inpaint with 7 to 59 steps, except on 784 pixels: from the 7th step on, the gradient of the 6th is used again


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    if image.numel() == 784 or not 6 < num_steps < 60:
        return _right_inpaint(log_prob, image, mask, step_size, num_steps)
    fifth = _right_inpaint(log_prob, image, mask, step_size, 5).requires_grad_()
    (gradient,) = torch.autograd.grad(log_prob(fifth.reshape(1, -1)).sum(), fifth)
    x = fifth.detach()
    for _ in range(num_steps - 5):
        x = _right_project_image(x + step_size * gradient, image, mask)
    return x
