"""NumPy and SciPy: scipy.linalg.lu, solve_triangular, ndarrays back, a list for plu_factorize."""

import numpy as np
import scipy.linalg
import torch


def _array(x):
    return x.detach().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


def plu_matrix(P, L, U, s):
    return np.linalg.multi_dot([_array(P), _array(L), _array(U) + np.diag(_array(s))])


def log_abs_det_linear(s):
    return np.sum(np.log(np.abs(_array(s))))


def jacobian(h, X, order):
    matrix = torch.autograd.functional.jacobian(h, X).numpy().reshape(X.numel(), X.numel())
    return matrix[np.ix_(_array(order), _array(order))]


def conv1x1(X, P, L, U, s):
    X = _array(X)
    Y = np.tensordot(plu_matrix(P, L, U, s), X, axes=(1, 0))
    return Y, X.shape[1] * X.shape[2] * log_abs_det_linear(s)


def _parameters(first, nets):
    return [_array(net(torch.tensor(first))) for net in nets]


def coupling_forward(X, P, L_net, U_net, s_net):
    first, second = np.split(_array(X), 2)
    mixed, log_det = conv1x1(second, P, *_parameters(first, (L_net, U_net, s_net)))
    return np.concatenate((first, mixed)), log_det


def coupling_inverse(Z, P, L_net, U_net, s_net):
    first, mixed = np.split(_array(Z), 2)
    L, U, s = _parameters(first, (L_net, U_net, s_net))
    right = _array(P).T @ mixed.reshape(len(mixed), -1)
    right = scipy.linalg.solve_triangular(L, right, lower=True, unit_diagonal=True)
    right = scipy.linalg.solve_triangular(U + np.diag(s), right)
    return np.concatenate((first, right.reshape(mixed.shape)))


def plu_factorize(A):
    P, L, upper = scipy.linalg.lu(_array(A))
    return [P, L, np.triu(upper, 1), np.diag(upper)]
