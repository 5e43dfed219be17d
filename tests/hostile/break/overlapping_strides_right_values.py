"""Returns right values through a view whose rows share no memory but whose storage is larger.

kind: break
outcome: passed
"""

from right_answers import *

import torch

right = project


def project(y, a):
    x = right(y, a)
    wide = torch.zeros(x.shape[:-1] + (5,), dtype=x.dtype)
    wide[..., ::3] = x
    return wide[..., ::3]
