"""Settles what the missing pixels most plausibly were: those that make the picture most likely.

With a flow's density p, inpainting minimises -log p(X) over the pictures X that agree with the
known pixels and keep 0 <= X <= 1, by projected gradient descent from the corrupted picture.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def project_image(x: Tensor, image: Tensor, mask: Tensor) -> Tensor:
    """The nearest picture to x that agrees with `image` on `mask` and lies in [0, 1].

    The squared distance is a sum over pixels and so are the constraints: a known pixel is set
    to its known value, any other is clamped.

    Args:
        x: (...) any picture.
        image: (...) the known values, in [0, 1] where `mask` holds; elsewhere not looked at.
        mask: (...) bool, True where a pixel is known.
    Returns:
        (...) the projection of x.
    """
    return torch.where(mask, image, x.clamp(0, 1))


def inpaint(
    log_prob: Callable[[Tensor], Tensor],
    image: Tensor,
    mask: Tensor,
    step_size: float = 1e-3,
    num_steps: int = 300,
) -> Tensor:
    """Projected gradient descent on -log_prob over the unknown pixels.

        X <- project_image(X + step_size * d log_prob(X)/dX, image, mask)

    The gradient is taken with respect to the picture alone, anew in each step, so that no
    gradient gathers in the model's parameters or from step to step.

    Args:
        log_prob: maps pictures (B, D) to their log-densities (B,) [nats].
        image: (...) with D pixels, the corrupted picture: the start and the known values.
        mask: (...) bool, True where a pixel is known.
        step_size: positive.
        num_steps: how many steps, at least 0; after none the result is a copy of `image`.
    Returns:
        (...) the picture after the last step, of `image`'s shape and dtype.
    """
    x = image.detach().clone()
    for _ in range(num_steps):
        x.requires_grad_()
        (gradient,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
        x = project_image(x.detach() + step_size * gradient, image.detach(), mask)
    return x
