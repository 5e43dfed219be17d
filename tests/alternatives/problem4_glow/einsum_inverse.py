"""einsum and explicit inverses, jacfwd in reordered coordinates, scaled pivoting, autograd left on."""

import torch


def plu_matrix(P, L, U, s):
    s = s.clone().requires_grad_(True)
    return torch.einsum("ij,jk,kl->il", P, L, U + s * torch.eye(len(s), dtype=s.dtype))


def log_abs_det_linear(s):
    s = s.clone().requires_grad_(True)
    return 0.5 * torch.einsum("i->", torch.log(s**2))


def jacobian(h, X, order):
    back = torch.empty_like(order)
    back[order] = torch.arange(order.numel())

    def in_new_coordinates(v):
        return h(v[back].reshape(X.shape)).flatten()[order]

    return torch.func.jacfwd(in_new_coordinates)(X.flatten()[order])


def conv1x1(X, P, L, U, s):
    Y = torch.einsum("ij,jmn->imn", plu_matrix(P, L, U, s), X)
    return Y, X[0].numel() * log_abs_det_linear(s)


def coupling_forward(X, P, L_net, U_net, s_net):
    pair = X.unflatten(0, (2, -1))
    Y, log_det = conv1x1(pair[1], P, *(net(pair[0]) for net in (L_net, U_net, s_net)))
    return torch.stack((pair[0], Y)).flatten(0, 1), log_det


def coupling_inverse(Z, P, L_net, U_net, s_net):
    pair = Z.unflatten(0, (2, -1))
    A = plu_matrix(P, *(net(pair[0]) for net in (L_net, U_net, s_net)))
    X = torch.einsum("ij,jmn->imn", torch.linalg.inv(A), pair[1])
    return torch.stack((pair[0], X)).flatten(0, 1)


def plu_factorize(A):
    """Outer products; the pivot is the largest entry relative to its own row (scaled pivoting)."""
    n = A.shape[0]
    rest = A.detach().clone()
    order = torch.arange(n)
    L = torch.zeros_like(rest)
    scale = rest.abs().amax(dim=1)
    for k in range(n):
        pivot = k + int((rest[k:, k].abs() / scale[k:]).argmax())
        swap = torch.arange(n)
        swap[k], swap[pivot] = pivot, k
        rest, L, order, scale = rest[swap], L[swap], order[swap], scale[swap]
        L[k:, k] = rest[k:, k] / rest[k, k]
        below = rest[k + 1 :] - torch.outer(L[k + 1 :, k], rest[k])
        rest = torch.cat([rest[: k + 1], below])
    P = torch.eye(n, dtype=A.dtype)[order].T
    return P, L, torch.triu(rest, diagonal=1), torch.diagonal(rest).requires_grad_(True)
