# Wrong for: plu_factorize of matrices with a tiny pivot, for example [[1e-18, 1], [1, 1]]: P L (U + diag(s)) is far from A


def conv1x1(X, P, L, U, s):
    return _right_conv1x1(X, P, L, U, s)


def coupling_forward(X, P, L_net, U_net, s_net):
    return _right_coupling_forward(X, P, L_net, U_net, s_net)


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
