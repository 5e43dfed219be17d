"""The projection returns one point expanded to the shape of the input.

kind: break
outcome: wrong
"""

from right_answers import *
import torch


def project(y, a):
    return torch.tensor([0.25], dtype=y.dtype).expand(y.shape)
