# Wrong for: small |s_i|: log(|s| + 1e-6), off by 2.4 at s = 1e-7 and by 0.7 at 1e-6


def log_abs_det_linear(s):
    return (s.abs() + 1e-6).log().sum()
