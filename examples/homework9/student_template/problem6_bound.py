"""Problem 6: when maximising a lower bound is tight.

To maximise g(theta), one may maximise the lower bound g(theta) - h(theta, phi), h >= 0, over theta
and phi together. If min over phi of h(theta, phi) is 0 for every theta, both have the same
maximisers theta: see it on tables.
"""

from torch import Tensor


def argmax_by_bound(g: Tensor, h: Tensor) -> set[int]:
    """All theta that belong to a maximum of the bound over theta and phi.

    Args:
        g: (T,) the values g(theta), for theta = 0, ..., T - 1. Do not modify the arguments.
        h: (T, P) the values h(theta, phi).
    Returns:
        the set of all theta for which there is a phi such that g(theta) - h(theta, phi) is maximal
        over both. All values are multiples of 1/4: compare them exactly.
    """
    raise NotImplementedError("problem 6: write argmax_by_bound")
