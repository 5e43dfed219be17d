"""The file makes float16 the default dtype and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import torch

torch.set_default_dtype(torch.float16)


def project(y, a):
    x = y.clone()
    x[..., 0] = a
    x[..., 1] = y[..., 1].clamp(0, 1)
    return x
