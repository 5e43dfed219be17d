"""Factorisation in exact rational arithmetic, recursively; Kronecker products; slogdet."""

from fractions import Fraction

import torch


def plu_matrix(P, L, U, s):
    upper = U + torch.eye(len(s), dtype=U.dtype) * s
    return torch.stack([upper.T @ row for row in torch.stack([L.T @ row for row in P])])


def log_abs_det_linear(s):
    return torch.linalg.slogdet(torch.diag(s)).logabsdet


def jacobian(h, X, order):
    permutation = torch.eye(X.numel(), dtype=X.dtype)[order]
    point = X.clone().requires_grad_(True)
    output = h(point).reshape(-1)
    basis = torch.eye(output.numel(), dtype=output.dtype)
    rows = torch.autograd.grad(output, point, basis, is_grads_batched=True)[0]
    return permutation @ rows.reshape(output.numel(), -1) @ permutation.T


def conv1x1(X, P, L, U, s):
    pixels = X.shape[1] * X.shape[2]
    big = torch.kron(plu_matrix(P, L, U, s), torch.eye(pixels, dtype=X.dtype))
    return (big @ X.flatten()).reshape(X.shape), torch.linalg.slogdet(big)[1]


def coupling_forward(X, P, L_net, U_net, s_net):
    keep, change = torch.split(X, X.shape[0] // 2)
    changed, log_det = conv1x1(change, P, L_net(keep), U_net(keep), s_net(keep))
    return torch.concat((keep, changed)), log_det


def coupling_inverse(Z, P, L_net, U_net, s_net):
    keep, changed = torch.split(Z, Z.shape[0] // 2)
    upper = U_net(keep) + torch.diag(s_net(keep))
    v = torch.movedim(changed, 0, -1) @ P
    v = torch.linalg.solve(L_net(keep), v.unsqueeze(-1))
    v = torch.linalg.solve(upper, v).squeeze(-1)
    return torch.concat((keep, torch.movedim(v, -1, 0)))


def _eliminate(rows):
    """Rows (label, finished factors, remaining entries): return the labels, L and U + diag(s)."""
    if not rows:
        return [], [], []
    rows = sorted(rows, key=lambda row: -abs(row[2][0]))
    label, done, top = rows[0]
    rest = []
    for other, factors, entries in rows[1:]:
        factor = entries[0] / top[0]
        reduced = [e - factor * t for e, t in zip(entries[1:], top[1:])]
        rest.append((other, factors + [factor], reduced))
    labels, lower, upper = _eliminate(rest)
    return [label, *labels], [done, *lower], [top, *upper]


def plu_factorize(A):
    n = A.shape[0]
    exact = [(i, [], [Fraction(x) for x in row]) for i, row in enumerate(A.tolist())]
    labels, lower, upper = _eliminate(exact)
    P, L, U = torch.zeros(3, n, n, dtype=torch.float64)
    s = torch.zeros(n, dtype=torch.float64)
    for i in range(n):
        P[labels[i], i] = 1
        L[i, i] = 1
        for j, value in enumerate(lower[i]):
            L[i, j] = float(value)
        s[i] = float(upper[i][0])
        for j, value in enumerate(upper[i][1:]):
            U[i, i + 1 + j] = float(value)
    return P, L, U, s
