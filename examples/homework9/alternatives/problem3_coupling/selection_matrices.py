"""Selection matrices; the log-determinant from autograd's Jacobian and slogdet."""

import torch
from torch.func import jacrev, vmap


def _selections(omega, n):
    eye = torch.eye(n, dtype=torch.float64)
    outside = [k for k in range(n) if k not in set(omega.tolist())]
    return eye[omega], eye[outside]


def coupling_forward(x, omega, s_net, t_net):
    keep, change = _selections(omega, x.shape[1])

    def layer(point):
        kept = (keep @ point).unsqueeze(0)
        return keep.T @ kept[0] + change.T @ (
            s_net(kept)[0].exp() * (change @ point) + t_net(kept)[0]
        )

    z = torch.stack([layer(point) for point in x])
    jacobians = torch.stack([jacrev(layer)(point) for point in x])
    return z, torch.linalg.slogdet(jacobians).logabsdet


def coupling_inverse(z, omega, s_net, t_net):
    keep, change = _selections(omega, z.shape[1])
    kept = z @ keep.T
    return kept @ keep + ((z @ change.T - t_net(kept)) / s_net(kept).exp()) @ change


def block_permutation(omega, n):
    keep, change = _selections(omega, n)
    return torch.cat([keep, change]).argmax(dim=1)
