"""NumPy with boolean masks and np.setdiff1d."""

import numpy as np
import torch


def _rest(omega, n):
    return np.setdiff1d(np.arange(n), omega.numpy())


def coupling_forward(x, omega, s_net, t_net):
    rest = _rest(omega, x.shape[1])
    s, t = s_net(x[:, omega]).detach().numpy(), t_net(x[:, omega]).detach().numpy()
    z = x.numpy().copy()
    z[:, rest] *= np.exp(s)
    z[:, rest] += t
    return z, np.sum(s, axis=1)


def coupling_inverse(z, omega, s_net, t_net):
    rest = _rest(omega, z.shape[1])
    kept = torch.from_numpy(z.numpy()[:, omega.numpy()])
    x = np.array(z.numpy())
    x[:, rest] = (x[:, rest] - t_net(kept).detach().numpy()) * np.exp(-s_net(kept).detach().numpy())
    return x


def block_permutation(omega, n):
    inside = np.isin(np.arange(n), omega.numpy())
    return np.argsort(~inside, kind="stable")
