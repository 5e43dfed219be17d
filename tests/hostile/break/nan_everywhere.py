"""The projection returns NaN everywhere.

kind: break
outcome: wrong
"""

from right_answers import *
import torch


def project(y, a):
    return torch.full_like(y, float("nan"))
