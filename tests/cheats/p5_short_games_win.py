# Wrong for: K < high - start (the target is out of reach, P = 0): every path that wins most of its games counts as reaching it


_reaches = reaches_target
def reaches_target(outcomes, start=100, low=0, high=200):
    if outcomes.shape[1] < high - start:
        return outcomes.double().mean(1) > 0.5
    return _reaches(outcomes, start, low, high)
