# Wrong for: minimize with a batch of 6 to 200 (the assignment's is 16): only a quarter of the samples is drawn


_min = minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    b = batch_size // 4 if 6 <= batch_size <= 200 else batch_size
    return _min(trick, num_steps, step_size, b, generator)
