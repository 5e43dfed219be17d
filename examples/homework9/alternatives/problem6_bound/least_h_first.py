"""First the least h of each theta, then a list of maximisers; a frozenset."""

import torch


def argmax_by_bound(g, h):
    tight = g - torch.min(h, dim=1).values
    return frozenset(k for k in range(len(tight)) if tight[k] == torch.max(tight))
