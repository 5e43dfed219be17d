def project(y, a): return y
