"""Returns one number, expanded by strides of zero.

kind: break
outcome: wrong
"""

from right_answers import *

import torch

def project(y, a):
    return torch.zeros((), dtype=y.dtype).as_strided(tuple(y.shape), (0,) * y.dim())
