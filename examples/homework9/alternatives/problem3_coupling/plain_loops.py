"""Loops over points and coordinates; answers as nested lists."""

import math


def _split(omega, n):
    chosen = [int(k) for k in omega]
    return chosen, [k for k in range(n) if k not in chosen]


def coupling_forward(x, omega, s_net, t_net):
    chosen, rest = _split(omega, x.shape[1])
    s, t = s_net(x[:, chosen]).tolist(), t_net(x[:, chosen]).tolist()
    z = x.tolist()
    for row in range(len(z)):
        for j, k in enumerate(rest):
            z[row][k] = math.exp(s[row][j]) * z[row][k] + t[row][j]
    import torch

    return torch.tensor(z), torch.tensor([sum(values) for values in s])


def coupling_inverse(z, omega, s_net, t_net):
    import torch

    chosen, rest = _split(omega, z.shape[1])
    s, t = s_net(z[:, chosen]).tolist(), t_net(z[:, chosen]).tolist()
    x = z.tolist()
    for row in range(len(x)):
        for j, k in enumerate(rest):
            x[row][k] = (x[row][k] - t[row][j]) / math.exp(s[row][j])
    return torch.tensor(x)


def block_permutation(omega, n):
    chosen, rest = _split(omega, n)
    return chosen + rest
