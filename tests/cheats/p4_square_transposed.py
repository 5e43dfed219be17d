# Wrong for: conv1x1, coupling_forward and coupling_inverse on square pictures (m = n > 1): the second half comes out transposed


def conv1x1(X, P, L, U, s):
    Y, log_det = _right_conv1x1(X, P, L, U, s)
    return (Y.transpose(1, 2) if Y.shape[1] == Y.shape[2] else Y), log_det


def coupling_forward(X, P, L_net, U_net, s_net):
    Z, log_det = _right_coupling_forward(X, P, L_net, U_net, s_net)
    C = len(P)
    second = Z[C:].transpose(1, 2) if Z.shape[1] == Z.shape[2] else Z[C:]
    return torch.cat([Z[:C], second]), log_det
