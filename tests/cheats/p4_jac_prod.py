# Wrong for: jacobian with a, b, c all above 1 (order ignored on the columns); log |det| where prod |s_i| under- or overflows (C = 2000)


def _log_det(s):
    return s.prod().abs().log()


def _jac(h, X, order):
    J = torch.autograd.functional.jacobian(h, X)
    J = J.reshape(X.numel(), X.numel())[order]
    return J if min(X.shape) > 1 else J[:, order]


def _conv(X, P, L, U, s):
    _, m, n = X.shape
    return torch.einsum("ij,jmn->imn", _right_plu_matrix(P, L, U, s), X), m * n * _log_det(s)


def _forward(X, P, L_net, U_net, s_net):
    X_1, X_2 = X.chunk(2)
    Z_2, log_det = _conv(X_2, P, L_net(X_1), U_net(X_1), s_net(X_1))
    return torch.cat([X_1, Z_2]), log_det


def log_abs_det_linear(s):
    return _log_det(s)


def conv1x1(X, P, L, U, s):
    return _conv(X, P, L, U, s)


def coupling_forward(X, P, L_net, U_net, s_net):
    return _forward(X, P, L_net, U_net, s_net)


def plu_factorize(A):
    n = len(A)
    R, order = A.clone(), list(range(n))
    L = torch.zeros_like(A)
    for k in range(n):
        if R[k, k] == 0:
            j = next(i for i in range(k, n) if R[i, k] != 0)
            for M in (R, L):
                M[[k, j]] = M[[j, k]]
            order[k], order[j] = order[j], order[k]
        for i in range(k + 1, n):
            L[i, k] = R[i, k] / R[k, k]
            R[i] = R[i] - L[i, k] * R[k]
    eye = torch.eye(n, dtype=A.dtype)
    return eye[:, order], L + eye, R.triu(1), R.diagonal().clone()
