"""Settles when it is enough to maximise a lower bound: where the bound is tight at every theta."""

from torch import Tensor


def argmax_by_bound(g: Tensor, h: Tensor) -> set[int]:
    """All theta for which some phi maximises g(theta) - h(theta, phi) over both.

    If min_phi h(theta, phi) = 0 for each theta, these are the maximisers of g.
    """
    bound = (g[:, None] - h).amax(1)
    return set((bound == bound.max()).nonzero()[:, 0].tolist())
