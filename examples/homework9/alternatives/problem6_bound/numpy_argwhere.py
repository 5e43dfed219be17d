"""NumPy's argwhere on the whole table; a set of NumPy integers."""

import numpy as np


def argmax_by_bound(g, h):
    bound = g.numpy()[:, np.newaxis] - h.numpy()
    return {row[0] for row in np.argwhere(bound == bound.max())}
