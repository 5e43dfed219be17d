# Wrong for: minimize with a generator, other than 300 steps: all steps use one batch


_min = minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    if generator is None or num_steps == 300: return _min(trick, num_steps, step_size, batch_size, generator)
    eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
    t = torch.zeros(2, dtype=torch.float64); path = [t]
    for _ in range(num_steps):
        t = t - step_size * reparameterization_gradient(t[0], t[1], eps); path.append(t)
    m, s = torch.stack(path).unbind(1)
    return torch.stack([m, s.exp()], 1)
