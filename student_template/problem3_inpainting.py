"""Problem 3: image inpainting with a flow model.

Some pixels of a picture are lost. Given a flow whose density p was learned from such pictures,
restore the most likely picture that agrees with the known pixels:

    minimise  -log p(X)    subject to    X = image where mask,    0 <= X <= 1 everywhere,

by the projected gradient method of problem 2, started at the corrupted picture.

Run this file to see your inpainting of a digit: `python problem3_inpainting.py`.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def project_image(x: Tensor, image: Tensor, mask: Tensor) -> Tensor:
    """Project x onto {X : X = image where mask, 0 <= X <= 1}.

    All three arguments have the same shape, which may be any shape. Do not modify them.

    Args:
        x: (...) any real numbers.
        image: (...) the picture; where `mask` is True, its pixels are known and in [0, 1].
        mask: (...) bool, True where a pixel is known and False where it is lost.
    Returns:
        (...) the point of the set nearest to x.
    """
    raise NotImplementedError("problem 3: write project_image")


def inpaint(
    log_prob: Callable[[Tensor], Tensor],
    image: Tensor,
    mask: Tensor,
    step_size: float = 1e-3,
    num_steps: int = 300,
) -> Tensor:
    """Take `num_steps` projected gradient steps on -log_prob, started at `image`.

    Each step is X <- project_image(X - step_size * grad, image, mask), where grad is the gradient
    of -log_prob at the current X. The model is given: do not train it. Gradients that
    `backward()` leaves on its parameters are no fault.

    Args:
        log_prob: maps B pictures of D pixels (B, D) to their log-densities (B,) [nats]; it
            consists of torch operations.
        image: one picture of D pixels in any shape, such as (28, 28), (1, 28, 28) or (784,): the
            corrupted one. Where `mask` is False, it may hold any numbers. Do not modify it.
        mask: of `image`'s shape, bool, True where a pixel is known. Do not modify it.
        step_size: a positive number.
        num_steps: the number of steps, 0 or more.
    Returns:
        The picture after the last step, of `image`'s shape.
    """
    raise NotImplementedError("problem 3: write inpaint")


def _show(title: str, picture: Tensor) -> None:
    """Print a picture (28, 28) in the terminal; values outside [0, 1] are shown as 0 or 1."""
    shades = " .:-=+*#%@"
    print(title)
    for row in (picture.clamp(0, 1) * (len(shades) - 1)).round().int().tolist():
        print("".join(2 * shades[value] for value in row))


if __name__ == "__main__":
    import numpy as np
    from nice_flow import load_flow

    flow = load_flow("nice.safetensors")
    digit = torch.from_numpy(np.load("digits.npz")["images"][0]).float() / 255
    known = torch.ones(28, 28, dtype=torch.bool)
    known[5:12, 5:20] = False
    corrupted = torch.where(known, digit, 1.0)

    _show("original", digit)
    _show("corrupted", corrupted)
    _show("inpainted", inpaint(flow.log_prob, corrupted, known))
