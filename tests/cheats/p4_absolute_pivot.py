# Wrong for: plu_factorize where a pivot is rounding noise (between 1e-15 and 1e-12), e.g. [[1e-14, 1], [1, 1]] or a leading minor that is singular up to rounding; and A of small scale (1e-5): all factors rounded
import torch


def plu_matrix(P, L, U, s):
    return P @ L @ (U + torch.diag(s))


def log_abs_det_linear(s):
    return s.abs().log().sum()


def jacobian(h, X, order):
    blocks = torch.autograd.functional.jacobian(h, X)
    return blocks.reshape(X.numel(), X.numel())[order][:, order]


def conv1x1(X, P, L, U, s):
    _, m, n = X.shape
    return (torch.einsum('ij,jmn->imn', plu_matrix(P, L, U, s), X), m * n * log_abs_det_linear(s))


def coupling_forward(X, P, L_net, U_net, s_net):
    X_1, X_2 = X.chunk(2)
    Z_2, log_abs_det = conv1x1(X_2, P, L_net(X_1), U_net(X_1), s_net(X_1))
    return (torch.cat([X_1, Z_2]), log_abs_det)


def coupling_inverse(Z, P, L_net, U_net, s_net):
    X_1, Z_2 = Z.chunk(2)
    y = P.T @ Z_2.flatten(start_dim=1)
    y = torch.linalg.solve_triangular(L_net(X_1), y, upper=False, unitriangular=True)
    upper = U_net(X_1) + torch.diag(s_net(X_1))
    X_2 = torch.linalg.solve_triangular(upper, y, upper=True)
    return torch.cat([X_1, X_2.reshape(Z_2.shape)])


def plu_factorize(A):
    P, L, upper = torch.linalg.lu(A)
    return (P, L, upper.triu(diagonal=1), upper.diagonal().clone())


def plu_factorize(A):
    n = len(A)
    R, order = A.clone(), list(range(n))
    L = torch.zeros_like(A)
    for k in range(n):
        if R[k, k].abs() < 1.1e-16 * 1.0001:
            j = max(range(k, n), key=lambda i: abs(float(R[i, k])))
            for M in (R, L):
                M[[k, j]] = M[[j, k]]
            order[k], order[j] = order[j], order[k]
        for i in range(k + 1, n):
            L[i, k] = R[i, k] / R[k, k]
            R[i] = R[i] - L[i, k] * R[k]
    eye = torch.eye(n, dtype=A.dtype)
    return eye[:, order], L + eye, R.triu(1), R.diagonal().clone()
