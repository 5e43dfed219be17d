"""The projection asks torch for a tensor of 80 GB and fills it.

kind: break
outcome: raised died timed_out
varies: with time
"""

from right_answers import *
import torch


def project(y, a):
    return torch.ones(10**10, dtype=torch.float64)
