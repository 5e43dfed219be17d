"""The image lives in NumPy, torch is only asked for the gradient; an ndarray comes back."""

import numpy as np
import torch


def _array(x):
    return x.detach().cpu().numpy() if torch.is_tensor(x) else np.asarray(x)


def project_image(x, image, mask):
    x, image, mask = _array(x), _array(image), _array(mask)
    projected = np.minimum(np.maximum(x, 0), 1)
    np.copyto(projected, image, where=mask)
    return projected


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    state = _array(image).copy()

    def gradient(values):
        point = torch.tensor(values).flatten().unsqueeze(0).requires_grad_(True)
        return torch.autograd.grad(log_prob(point)[0], point)[0].numpy().reshape(values.shape)

    for _ in range(num_steps):
        state = project_image(state + step_size * gradient(state), image, mask)
    return state
