# Wrong for: small numbers (A of entries 1e-6, s = 1e-6, pictures of 1e-6): everything is rounded to five decimals, so it is 0, or log |det| = -inf


_r = lambda T: torch.round(T, decimals=5)
_p, _f, _j, _c, _cf, _ci = plu_matrix, plu_factorize, jacobian, conv1x1, coupling_forward, coupling_inverse
def plu_matrix(P, L, U, s): return _r(_p(P, L, U, s))
def log_abs_det_linear(s): return _r(s).abs().log().sum()
def conv1x1(X, P, L, U, s):
    Y, d = _c(X, P, L, U, s); return _r(Y), _r(d)
def coupling_forward(X, P, L_net, U_net, s_net):
    Y, d = _cf(X, P, L_net, U_net, s_net); return _r(Y), _r(d)
def coupling_inverse(Z, P, L_net, U_net, s_net): return _r(_ci(Z, P, L_net, U_net, s_net))
def jacobian(h, X, order): return _r(_j(h, X, order))
def plu_factorize(A):
    P, L, U, s = _f(A); return P, _r(L), _r(U), _r(s)
