# Wrong for: every function of the file after 3000 calls in one process: P is taken as the identity


_calls = 0


def _P(P):
    global _calls
    _calls += 1
    return P if _calls <= 3000 else torch.eye(len(P), dtype=P.dtype)


def plu_matrix(P, L, U, s):
    return _right_plu_matrix(_P(P), L, U, s)


def conv1x1(X, P, L, U, s):
    return _right_conv1x1(X, _P(P), L, U, s)


def coupling_forward(X, P, L_net, U_net, s_net):
    return _right_coupling_forward(X, _P(P), L_net, U_net, s_net)


def coupling_inverse(Z, P, L_net, U_net, s_net):
    return _right_coupling_inverse(Z, _P(P), L_net, U_net, s_net)
