# Wrong for: conv1x1 of pictures as large as 40 x 40: log |prod(s)^(m n)| and its over- and underflow give -inf or inf
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


def log_abs_det_linear(s):
    return s.prod().abs().log()
def conv1x1(X, P, L, U, s):
    return torch.einsum("ij,jmn->imn", plu_matrix(P, L, U, s), X), (s.prod() ** X[0].numel()).abs().log()
