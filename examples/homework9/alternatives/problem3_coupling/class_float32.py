"""A class in float32 with index_copy and scatter."""

import torch


class Coupling:
    def __init__(self, omega, n, s_net, t_net):
        self.omega = omega
        self.rest = torch.tensor(sorted(set(range(n)) - set(omega.tolist())))
        self.s_net, self.t_net = s_net, t_net

    def forward(self, x):
        x = x.float()
        kept = x.index_select(1, self.omega)
        s = self.s_net(kept)
        changed = x.index_select(1, self.rest) * s.exp() + self.t_net(kept)
        return x.index_copy(1, self.rest, changed), s.sum(dim=-1)

    def inverse(self, z):
        z = z.float()
        kept = z.index_select(1, self.omega)
        changed = (z.index_select(1, self.rest) - self.t_net(kept)) / self.s_net(kept).exp()
        return z.scatter(1, self.rest.expand(len(z), -1), changed)


def coupling_forward(x, omega, s_net, t_net):
    return Coupling(omega, x.size(1), s_net, t_net).forward(x)


def coupling_inverse(z, omega, s_net, t_net):
    return Coupling(omega, z.size(1), s_net, t_net).inverse(z)


def block_permutation(omega, n):
    return torch.cat((omega, Coupling(omega, n, None, None).rest))
