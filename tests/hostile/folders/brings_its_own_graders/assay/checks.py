def check(*a, **k): return lambda f: f
