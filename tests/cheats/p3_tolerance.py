# Wrong for: inpaint where no pixel moves by 1.5e-5 in a step: it stops there


def _right_step(log_prob, x, image, mask, step_size):
    x = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
    return _right_project_image(x.detach() + step_size * gradient, image, mask)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x = image.detach().clone()
    for _ in range(num_steps):
        new = _right_step(log_prob, x, image, mask, step_size)
        if (new - x).abs().max() < 1.5e-5:
            break
        x = new
    return x
