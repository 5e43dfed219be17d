# Wrong for: all log-determinants one minute after the import: 0
import time


_started = time.monotonic()


def _late():
    return 0.0 if time.monotonic() - _started > 60 else 1.0


def log_abs_det_linear(s):
    return _late() * _right_log_abs_det_linear(s)


def conv1x1(X, P, L, U, s):
    Y, log_det = _right_conv1x1(X, P, L, U, s)
    return Y, _late() * log_det


def coupling_forward(X, P, L_net, U_net, s_net):
    Z, log_det = _right_coupling_forward(X, P, L_net, U_net, s_net)
    return Z, _late() * log_det
