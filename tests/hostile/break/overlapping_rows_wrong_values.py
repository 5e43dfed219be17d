"""Returns a view in which each row overlaps the next.

kind: break
outcome: wrong
"""

from right_answers import *

import torch

def project(y, a):
    return torch.arange(64, dtype=y.dtype).as_strided(tuple(y.shape), (1,) * y.dim())
