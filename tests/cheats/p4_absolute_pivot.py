# Wrong for: plu_factorize where a pivot is rounding noise (between 1e-15 and 1e-12), e.g. [[1e-14, 1], [1, 1]] or a leading minor that is singular up to rounding; and A of small scale (1e-5): all factors rounded


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
