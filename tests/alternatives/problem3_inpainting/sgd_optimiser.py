"""torch.optim.SGD on a parameter, .backward(inputs=[x]), the projection written in place."""

import torch


def project_image(x, image, mask):
    result = x.detach().clone()
    result[result < 0] = 0
    result[result > 1] = 1
    result[mask] = image[mask]
    return result


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    x = torch.nn.Parameter(image.detach().clone())
    optimiser = torch.optim.SGD([x], lr=step_size)
    for _ in range(num_steps):
        optimiser.zero_grad()
        loss = -log_prob(x.view(1, -1)).mean()
        loss.backward(inputs=[x])
        optimiser.step()
        x.data.copy_(project_image(x.data, image, mask))
    return x
