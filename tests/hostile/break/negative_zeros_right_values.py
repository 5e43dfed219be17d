"""Returns right values with minus zero for zero.

kind: break
outcome: passed
"""

from right_answers import *

import torch

right = project


def project(y, a):
    x = right(y, a)
    return torch.where(x == 0, -torch.zeros_like(x), x)
