"""Loops everywhere: entries, pixels, rows of the Jacobian, hand-written elimination."""

import math

import torch


def _matmul(A, B):
    out = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                out[i, j] += A[i, k] * B[k, j]
    return out


def plu_matrix(P, L, U, s):
    upper = U.clone()
    for i in range(len(s)):
        upper[i, i] = s[i]
    return _matmul(_matmul(P, L), upper)


def log_abs_det_linear(s):
    return sum(math.log(abs(value)) for value in s.tolist())


def jacobian(h, X, order):
    X = X.detach().clone().requires_grad_(True)
    Y = h(X).flatten()
    order = [int(i) for i in order]
    rows = []
    for i in order:
        gradient = torch.autograd.grad(Y[i], X, retain_graph=True)[0].flatten()
        rows.append([gradient[j].item() for j in order])
    return torch.tensor(rows, dtype=torch.float64)


def conv1x1(X, P, L, U, s):
    A = plu_matrix(P, L, U, s)
    channels, height, width = X.shape
    Y = torch.zeros_like(X)
    for row in range(height):
        for column in range(width):
            for i in range(channels):
                for j in range(channels):
                    Y[i, row, column] += A[i, j] * X[j, row, column]
    log_det = 0.0
    for _ in range(height * width):
        log_det += log_abs_det_linear(s)
    return Y, log_det


@torch.no_grad()
def coupling_forward(X, P, L_net, U_net, s_net):
    C = X.shape[0] // 2
    Z = X.clone()
    Z[C:], log_det = conv1x1(X[C:], P, L_net(X[:C]), U_net(X[:C]), s_net(X[:C]))
    return Z, log_det


@torch.no_grad()
def coupling_inverse(Z, P, L_net, U_net, s_net):
    C = Z.shape[0] // 2
    L, U, s = L_net(Z[:C]), U_net(Z[:C]), s_net(Z[:C])
    X = Z.clone()
    for row in range(Z.shape[1]):
        for column in range(Z.shape[2]):
            b = [0.0] * C
            for i in range(C):
                for j in range(C):
                    if P[i, j] == 1:
                        b[j] = Z[C + i, row, column].item()
            for i in range(C):
                b[i] -= sum(L[i, j].item() * b[j] for j in range(i))
            for i in reversed(range(C)):
                b[i] -= sum(U[i, j].item() * b[j] for j in range(i + 1, C))
                b[i] /= s[i].item()
            for i in range(C):
                X[C + i, row, column] = b[i]
    return X


def plu_factorize(A):
    n = len(A)
    rows = [list(map(float, row)) for row in A]
    where = list(range(n))
    factors = [[0.0] * n for _ in range(n)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        for table in (rows, where, factors):
            table[k], table[best] = table[best], table[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            factors[i][k] = factor
            rows[i][k] = 0.0
            for j in range(k + 1, n):
                rows[i][j] -= factor * rows[k][j]
        factors[k][k] = 1.0
    P = torch.zeros(n, n, dtype=torch.float64)
    for new, old in enumerate(where):
        P[old, new] = 1.0
    upper = torch.tensor(rows, dtype=torch.float64)
    L = torch.tensor(factors, dtype=torch.float64)
    return P, L, upper - torch.diag(torch.diag(upper)), torch.diag(upper)
