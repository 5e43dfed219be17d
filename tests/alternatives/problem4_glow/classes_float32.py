"""Classes and single precision: nets are called in the caller's precision, float32 comes back."""

from dataclasses import dataclass

import torch


@dataclass
class Glow1x1:
    P: torch.Tensor
    L: torch.Tensor
    U: torch.Tensor
    s: torch.Tensor

    def __post_init__(self):
        for name in ("P", "L", "U", "s"):
            setattr(self, name, getattr(self, name).detach().float())

    @property
    def matrix(self):
        return self.P.mm(self.L).mm(self.U + self.s.diag_embed())

    @property
    def log_det(self):
        return self.s.abs().log().sum()

    def forward(self, X):
        channels, height, width = X.shape
        Y = self.matrix.mm(X.detach().float().reshape(channels, -1))
        return Y.reshape(channels, height, width), self.log_det * (height * width)

    def inverse(self, Y):
        X = torch.linalg.solve(self.matrix, Y.detach().float().reshape(Y.shape[0], -1))
        return X.reshape(Y.shape)


class Coupling:
    def __init__(self, P, *nets):
        self.P = P
        self.nets = nets

    def layer(self, first):
        return Glow1x1(self.P, *[net(first) for net in self.nets])

    def forward(self, X):
        half = X.size(0) // 2
        first, second = X[:half], X[half:]
        Y, log_det = self.layer(first).forward(second)
        return torch.cat([first.float(), Y]), log_det

    def inverse(self, Z):
        half = Z.size(0) // 2
        first, second = Z[:half], Z[half:]
        return torch.cat([first.float(), self.layer(first).inverse(second)])


def plu_matrix(P, L, U, s):
    return Glow1x1(P, L, U, s).matrix


def log_abs_det_linear(s):
    return torch.log(torch.abs(s.float())).sum()


def jacobian(h, X, order):
    """Column by column, forward mode: the derivative of h along each basis direction."""
    columns = []
    for j in order.tolist():
        direction = torch.zeros(X.numel(), dtype=X.dtype)
        direction[j] = 1
        _, column = torch.func.jvp(h, (X,), (direction.view_as(X),))
        columns.append(column.flatten()[order])
    return torch.stack(columns, dim=1).float()


def conv1x1(X, P, L, U, s):
    return Glow1x1(P, L, U, s).forward(X)


def coupling_forward(X, P, L_net, U_net, s_net):
    return Coupling(P, L_net, U_net, s_net).forward(X)


def coupling_inverse(Z, P, L_net, U_net, s_net):
    return Coupling(P, L_net, U_net, s_net).inverse(Z)


def plu_factorize(A):
    packed, pivots = torch.linalg.lu_factor(A.float())
    P, L, upper = torch.lu_unpack(packed, pivots)
    s = torch.diagonal(upper).clone()
    return P, L, upper - torch.diag(s), s
