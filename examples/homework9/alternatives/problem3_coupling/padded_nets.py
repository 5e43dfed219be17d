"""Scales of all coordinates, 0 where nothing changes; another order for the blocks."""

import torch


def _everywhere(values, omega, n):
    mask = torch.ones(n, dtype=torch.bool)
    mask[omega] = False
    full = torch.zeros(values.shape[0], n, dtype=values.dtype)
    full[:, mask] = values
    return full


def coupling_forward(x, omega, s_net, t_net):
    n, kept = x.shape[1], x[..., omega]
    s = _everywhere(s_net(kept), omega, n)
    return x * s.exp() + _everywhere(t_net(kept), omega, n), s.sum(-1)


def coupling_inverse(z, omega, s_net, t_net):
    n, kept = z.shape[1], z[..., omega]
    return (z - _everywhere(t_net(kept), omega, n)) * _everywhere(-s_net(kept), omega, n).exp()


def block_permutation(omega, n):
    chosen = sorted(omega.tolist(), reverse=True)
    return torch.tensor(chosen + [k for k in reversed(range(n)) if k not in chosen])
