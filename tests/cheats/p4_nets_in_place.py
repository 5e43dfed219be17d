# Wrong for: nets that return a stored matrix (lambda X: U): U + diag(s) and L are built in place, so the second call is wrong


def _upper(X_1, U_net, s_net):
    U = U_net(X_1)
    U.diagonal().add_(s_net(X_1))
    return U
def coupling_forward(X, P, L_net, U_net, s_net):
    X_1, X_2 = X.chunk(2)
    s = s_net(X_1)
    A = P @ L_net(X_1) @ _upper(X_1, U_net, s_net)
    return torch.cat([X_1, torch.einsum("ij,jmn->imn", A, X_2)]), X_1[0].numel() * s.abs_().log_().sum()
def coupling_inverse(Z, P, L_net, U_net, s_net):
    X_1, Z_2 = Z.chunk(2)
    A = P @ L_net(X_1) @ _upper(X_1, U_net, s_net)
    return torch.cat([X_1, torch.einsum("ij,jmn->imn", torch.linalg.inv(A), Z_2)])
