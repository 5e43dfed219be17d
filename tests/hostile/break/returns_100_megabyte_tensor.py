"""The projection returns a tensor of 100 MB.

kind: break
outcome: wrong refused
"""

from right_answers import *
import torch


def project(y, a):
    return torch.zeros(12_500_000, dtype=torch.float64)
