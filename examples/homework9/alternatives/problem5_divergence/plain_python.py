"""Plain Python: a Cholesky factor by hand, random.gauss, and lists."""

import math
import random


def _cholesky(S):
    n = len(S)
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = S[i][j] - sum(L[i][k] * L[j][k] for k in range(j))
            L[i][j] = math.sqrt(rest) if i == j else rest / L[j][j]
    return L


def _solve(L, b):
    out = []
    for i, row in enumerate(L):
        out.append((b[i] - sum(row[k] * out[k] for k in range(i))) / row[i])
    return out


def kl_gaussians(mu0, Sigma0, mu1, Sigma1):
    m0, m1 = mu0.tolist(), mu1.tolist()
    L0, L1 = _cholesky(Sigma0.tolist()), _cholesky(Sigma1.tolist())
    d = len(m0)
    columns = [[L0[i][j] for i in range(d)] for j in range(d)]
    trace = sum(v * v for column in columns for v in _solve(L1, column))
    shift = sum(v * v for v in _solve(L1, [b - a for a, b in zip(m0, m1)]))
    logs = 2 * sum(math.log(L1[i][i] / L0[i][i]) for i in range(d))
    return (trace + shift - d + logs) / 2


def kl_monte_carlo(mu0, Sigma0, mu1, Sigma1, num_samples, generator=None):
    m0, m1 = mu0.tolist(), mu1.tolist()
    L0, L1 = _cholesky(Sigma0.tolist()), _cholesky(Sigma1.tolist())
    d, total = len(m0), 0.0
    logs = sum(math.log(L1[i][i] / L0[i][i]) for i in range(d))
    for _ in range(num_samples):
        e = [random.gauss(0, 1) for _ in range(d)]
        x = [m0[i] + sum(L0[i][k] * e[k] for k in range(i + 1)) for i in range(d)]
        u = _solve(L1, [a - b for a, b in zip(x, m1)])
        total += logs + sum(v * v for v in u) / 2 - sum(v * v for v in e) / 2
    return total / num_samples
