"""loss.backward() in each step: gradients gather in the model's parameters, which keep their values; lists are returned."""

import torch


def project_image(x, image, mask):
    return torch.where(mask, image, torch.clip(x, 0.0, 1.0)).tolist()


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x = image.clone()
    for _ in range(num_steps):
        x = x.detach().requires_grad_()
        loss = -log_prob(x.reshape(1, -1)).mean()
        loss.backward()
        x = torch.tensor(project_image(x.detach() - step_size * x.grad, image, mask)).to(image)
    return x.detach()
