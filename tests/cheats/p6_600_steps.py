# Wrong for: minimize with more than 500 steps: the path stands still after the 500th


_min = minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    path = _min(trick, min(num_steps, 500), step_size, batch_size, generator)
    return torch.cat([path, path[-1:].expand(num_steps + 1 - len(path), 2)])
